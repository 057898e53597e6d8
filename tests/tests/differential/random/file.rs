//! An INI file as the generator sees it, and its text.

use std::fmt::{self, Write};

use proptest::sample::Index;

/// The names of the two files.
pub(crate) const NAMES: [&str; 2] = ["main.ini", "other.ini"];

/// Two files, so that one can use the other.
#[derive(Clone)]
pub(crate) struct Files {
    pub(crate) main: File,
    pub(crate) other: File,
}

/// What is shown of a failing input: the texts, not how they came about.
impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, text) in NAMES.iter().zip(self.texts()) {
            write!(f, "\n--- {name}\n{text}")?;
        }
        Ok(())
    }
}

#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) default: Vec<Setting>,
    pub(crate) sections: Vec<Section>,
    pub(crate) line_end: &'static str,
    /// Whether a second section or option of one name is left out.
    pub(crate) unique: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Section {
    pub(crate) prefix: &'static str,
    pub(crate) name: &'static str,
    pub(crate) header: Header,
    pub(crate) settings: Vec<Setting>,
}

/// How a header is written.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Header {
    Plain,
    Spaced,
    Bare,
    Indented,
    Followed,
    Unclosed,
}

#[derive(Clone, Debug)]
pub(crate) struct Setting {
    /// Lines that come before it.
    pub(crate) before: &'static str,
    pub(crate) indent: &'static str,
    pub(crate) key: &'static str,
    /// With the space around it.
    pub(crate) delimiter: &'static str,
    pub(crate) value: Vec<Piece>,
}

#[derive(Clone, Debug)]
pub(crate) enum Piece {
    Text(&'static str),
    Reference(Reference),
}

/// A reference to a section, chosen when the file is written.
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    pub(crate) to: Kind,
    /// Which of those that fit.
    pub(crate) which: Index,
    /// Whether only those that follow fit, so that there is no cycle.
    pub(crate) forward: bool,
    /// Whether it is a section of the other file.
    pub(crate) elsewhere: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    App,
    Filter,
    Server,
}

impl Files {
    /// The texts of the two files, in the order of [`NAMES`].
    pub(crate) fn texts(&self) -> [String; 2] {
        let Self { main, other } = self;
        [main.text(other, NAMES[1]), other.text(main, NAMES[0])]
    }
}

impl File {
    fn text(&self, other: &File, other_name: &str) -> String {
        let refer = |reference: &Reference, after: usize| {
            if reference.elsewhere {
                let name = other.name(reference, 0).unwrap_or("main");
                return format!("config:{other_name}#{name}");
            }
            let after = if reference.forward { after } else { 0 };
            self.name(reference, after).unwrap_or("egg:Leaf").to_owned()
        };
        let mut text = String::new();
        if !self.default.is_empty() {
            text.push_str("[DEFAULT]\n");
            self.write_settings(&self.default, |reference| refer(reference, 0), &mut text);
        }
        let mut known = Vec::new();
        for (index, section) in self.sections.iter().enumerate() {
            let key = (section.kind(), section.name);
            if self.unique && known.contains(&key) {
                continue;
            }
            known.push(key);
            let _ = writeln!(text, "{}", section.header());
            let refer = |reference: &_| refer(reference, index + 1);
            self.write_settings(&section.settings, refer, &mut text);
        }
        if self.line_end == "\n" { text } else { text.replace('\n', self.line_end) }
    }

    fn write_settings(
        &self,
        settings: &[Setting],
        refer: impl Fn(&Reference) -> String,
        text: &mut String,
    ) {
        let mut known = Vec::new();
        for Setting { before, indent, key, delimiter, value } in settings {
            if self.unique && known.contains(key) {
                continue;
            }
            known.push(*key);
            let _ = write!(text, "{before}{indent}{key}{delimiter}");
            for piece in value {
                match piece {
                    Piece::Text(piece) => text.push_str(piece),
                    Piece::Reference(reference) => text.push_str(&refer(reference)),
                }
            }
            text.push('\n');
        }
    }

    /// The name of a section that the reference fits.
    fn name(&self, reference: &Reference, after: usize) -> Option<&'static str> {
        let following = self.sections.iter().skip(after);
        let fitting: Vec<_> = following.filter(|section| section.kind() == reference.to).collect();
        (!fitting.is_empty()).then(|| reference.which.get(&fitting).name)
    }
}

impl Section {
    fn kind(&self) -> Kind {
        match self.prefix {
            "filter" => Kind::Filter,
            "server" => Kind::Server,
            _ => Kind::App,
        }
    }

    fn header(&self) -> String {
        let Self { prefix, name, .. } = self;
        match self.header {
            Header::Plain => format!("[{prefix}:{name}]"),
            Header::Spaced => format!("[{prefix}: {name}\t]"),
            Header::Bare => format!("[{prefix}]"),
            Header::Indented => format!("  [{prefix}:{name}]"),
            Header::Followed => format!("[{prefix}:{name}] ; text = 1"),
            Header::Unclosed => format!("[{prefix}:{name}"),
        }
    }
}
