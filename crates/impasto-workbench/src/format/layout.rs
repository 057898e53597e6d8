//! Where blank lines are.

/// A line, but for the end of it.
pub(super) enum Line<'a> {
    Blank,
    Comment(&'a str),
    /// What stands between the brackets, and behind them.
    Header(&'a str, &'a str),
    /// A name, `=` or `:` with the space before it, and the first line of the value.
    Option(&'a str, &'a str, &'a str),
    /// A line of a value behind the first, or a comment or blank line between them: how far it is indented, and
    /// what it says.
    OfValue(usize, &'a str),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Blank,
    Comment,
    Header,
    Option,
}

/// Lines as they come, with blank ones put right.
pub(super) struct Layout<'a> {
    text: String,
    /// What ends each line.
    end: &'a str,
    last: Option<Kind>,
    /// Whether a blank line came behind them.
    blank: bool,
    /// What stands before the comments that are last.
    above: Option<Kind>,
    /// Where those of them begin that may be about a header.
    about: usize,
}

impl<'a> Layout<'a> {
    /// No lines yet, but room for so many bytes of them.
    pub(super) fn new(end: &'a str, capacity: usize) -> Layout<'a> {
        let text = String::with_capacity(capacity);
        Layout { text, end, last: None, blank: false, above: None, about: 0 }
    }

    pub(super) fn push(&mut self, line: Line<'_>) {
        match line {
            Line::Blank => self.blank = true,
            Line::Comment(comment) => {
                self.part(self.blank);
                if self.last != Some(Kind::Comment) {
                    (self.above, self.about) = (self.last, self.text.len());
                }
                self.write(Kind::Comment, &[comment]);
                if is_left_out(comment) {
                    self.about = self.text.len();
                }
            }
            Line::Option(name, sign, value) => {
                self.part(self.blank && self.last != Some(Kind::Header));
                self.write(Kind::Option, &[name, sign, space(value), value]);
            }
            Line::OfValue(indent, content) => {
                self.text.extend(std::iter::repeat_n(' ', indent));
                self.write(Kind::Option, &[content]);
            }
            Line::Header(name, behind) => {
                self.part_before_header();
                self.write(Kind::Header, &["[", name, "]", space(behind), behind]);
            }
        }
    }

    /// All of it.
    pub(super) fn finish(self) -> String {
        self.text
    }

    fn write(&mut self, kind: Kind, parts: &[&str]) {
        self.text.extend(parts.iter().copied().chain([self.end]));
        self.last = Some(kind);
    }

    /// A blank line, if it is wanted and something is before it.
    fn part(&mut self, wanted: bool) {
        self.blank = false;
        if wanted && self.last.is_some() {
            self.write(Kind::Blank, &[]);
        }
    }

    /// The comments right above a header are about it, but for those right below another header, and for
    /// options that are left out of the section above.
    fn part_before_header(&mut self) {
        let has_comments = self.last == Some(Kind::Comment);
        let above = if has_comments { self.above } else { self.last };
        match above {
            Some(Kind::Option) if !self.blank && has_comments => {
                self.text.insert_str(self.about, self.end);
            }
            Some(Kind::Blank) | None if !self.blank => {}
            _ => self.part(true),
        }
    }
}

/// What parts a text from what is before it.
fn space(text: &str) -> &'static str {
    if text.is_empty() { "" } else { " " }
}

/// `# name = value`
fn is_left_out(comment: &str) -> bool {
    let text = comment.trim_start_matches(['#', ';']).trim_start();
    let name = text.split_once('=').map_or("", |(name, _)| name.trim_end());
    let name = name.strip_prefix("set ").unwrap_or(name);
    !name.is_empty() && !name.contains(char::is_whitespace)
}
