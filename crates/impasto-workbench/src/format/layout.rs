//! Where blank lines are.

/// A line, but for the end of it.
pub(super) enum Line {
    Blank,
    Comment(String),
    Header(String),
    Option(String),
    /// A line of a value behind the first, or a comment or blank line between them.
    OfValue(String),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Blank,
    Comment,
    Header,
    Option,
}

/// Lines as they come, with blank ones put right.
#[derive(Default)]
pub(super) struct Layout {
    lines: Vec<(Kind, String)>,
    /// Whether a blank line came behind them.
    blank: bool,
}

impl Layout {
    pub(super) fn push(&mut self, line: Line) {
        match line {
            Line::Blank => self.blank = true,
            Line::Comment(text) => {
                self.part(self.blank);
                self.lines.push((Kind::Comment, text));
            }
            Line::Option(text) => {
                self.part(self.blank && self.last() != Some(Kind::Header));
                self.lines.push((Kind::Option, text));
            }
            Line::OfValue(text) => self.lines.push((Kind::Option, text)),
            Line::Header(text) => {
                self.part_before_header();
                self.lines.push((Kind::Header, text));
            }
        }
    }

    /// All of it, with `end` behind each line.
    pub(super) fn finish(self, end: &str) -> String {
        self.lines.iter().flat_map(|(_, text)| [&**text, end]).collect()
    }

    fn last(&self) -> Option<Kind> {
        self.lines.last().map(|(kind, _)| *kind)
    }

    /// A blank line, if it is wanted and something is before it.
    fn part(&mut self, wanted: bool) {
        self.blank = false;
        if wanted && !self.lines.is_empty() {
            self.lines.push((Kind::Blank, String::new()));
        }
    }

    /// The comments right above a header are about it, but for those right below another header, and for
    /// options that are left out of the section above.
    fn part_before_header(&mut self) {
        let is_comment = |(kind, _): &&(Kind, String)| *kind == Kind::Comment;
        let comments = self.lines.iter().rev().take_while(is_comment).count();
        let above = self.lines.len() - comments;
        let before = above.checked_sub(1).map(|at| self.lines[at].0);
        match before {
            Some(Kind::Option) if !self.blank => {
                let block = &self.lines[above..];
                let left_out = block.iter().rposition(|(_, text)| is_left_out(text));
                let at = above + left_out.map_or(0, |at| at + 1);
                self.lines.insert(at, (Kind::Blank, String::new()));
            }
            Some(Kind::Blank) | None if !self.blank => {}
            _ => self.part(true),
        }
    }
}

/// `# name = value`
fn is_left_out(comment: &str) -> bool {
    let text = comment.trim_start_matches(['#', ';']).trim_start();
    let name = text.split_once('=').map_or("", |(name, _)| name.trim_end());
    let name = name.strip_prefix("set ").unwrap_or(name);
    !name.is_empty() && !name.contains(char::is_whitespace)
}
