//! The list of what a file consists of, which is as long as the file is: nothing of it is kept while it is
//! written, and most of it are the same few names of fields, so it is written by hand.

use std::ops::Range;

use impasto_workbench::editor::{Document, Symbol};
use lsp_types::{Position, SymbolKind};
use serde::Serialize;

use super::position::Encoding;

/// One symbol takes about so many bytes.
const LENGTH: usize = 190;

/// The symbols of a file, as JSON: `DocumentSymbol[]` of the protocol.
pub(super) fn write(encoding: Encoding, document: &Document) -> serde_json::Result<Vec<u8>> {
    let json = Vec::with_capacity(document.text().sections().count() * LENGTH);
    let mut list = List { json, encoding, document };
    list.symbols(document.symbols())?;
    Ok(list.json)
}

struct List<'a> {
    json: Vec<u8>,
    encoding: Encoding,
    document: &'a Document,
}

impl List<'_> {
    fn symbols<'a>(
        &mut self,
        symbols: impl IntoIterator<Item = Symbol<'a>>,
    ) -> serde_json::Result<()> {
        let mut before = "[";
        for symbol in symbols {
            self.text(before);
            self.symbol(symbol)?;
            before = ",";
        }
        self.text(if before == "[" { "[]" } else { "]" });
        Ok(())
    }

    fn symbol(&mut self, symbol: Symbol<'_>) -> serde_json::Result<()> {
        self.text(r#"{"name":"#);
        self.value(symbol.name)?;
        self.text(r#","kind":"#);
        self.value(&kind(symbol.kind))?;
        self.text(r#","range":"#);
        self.range(symbol.span);
        self.text(r#","selectionRange":"#);
        self.range(symbol.own);
        if !symbol.options.is_empty() {
            self.text(r#","children":"#);
            self.symbols(symbol.options)?;
        }
        self.text("}");
        Ok(())
    }

    fn range(&mut self, span: Range<usize>) {
        let range = self.encoding.range(self.document.source(), span);
        self.text(r#"{"start":"#);
        self.position(range.start);
        self.text(r#","end":"#);
        self.position(range.end);
        self.text("}");
    }

    fn position(&mut self, position: Position) {
        self.text(r#"{"line":"#);
        self.text(itoa::Buffer::new().format(position.line));
        self.text(r#","character":"#);
        self.text(itoa::Buffer::new().format(position.character));
        self.text("}");
    }

    fn value(&mut self, value: &(impl Serialize + ?Sized)) -> serde_json::Result<()> {
        serde_json::to_writer(&mut self.json, value)
    }

    fn text(&mut self, text: &str) {
        self.json.extend_from_slice(text.as_bytes());
    }
}

fn kind(kind: &str) -> SymbolKind {
    match kind {
        "" => SymbolKind::PROPERTY,
        "filter" => SymbolKind::FUNCTION,
        "pipeline" => SymbolKind::ARRAY,
        "server" => SymbolKind::MODULE,
        "DEFAULT" => SymbolKind::NAMESPACE,
        _ => SymbolKind::CLASS,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use impasto_workbench::editor::Workspace;
    use lsp_types::DocumentSymbol;

    use super::*;

    #[test]
    fn it_reads_as_what_the_protocol_has() {
        let read = |text: &str| {
            let mut workspace = Workspace::default();
            workspace.open(Path::new("/x.ini"), text.to_owned());
            let document = workspace.document(Path::new("/x.ini")).expect("it is open");
            let json = write(Encoding::Utf16, document).expect("it is written");
            serde_json::from_slice::<Vec<DocumentSymbol>>(&json).expect("symbols")
        };
        assert_eq!(read(""), []);
        let symbols = read("[app:\"a\\\u{1}\"]\n[filter:é]\nuse = x\n k = \nl = y\n  z\n");
        let [app, filter] = &symbols[..] else { panic!("{symbols:?}") };
        assert_eq!((&*app.name, app.kind, &app.children), ("app:\"a\\\u{1}\"", kind("app"), &None));
        let range = |from: (u32, u32), to: (u32, u32)| {
            lsp_types::Range::new(Position::new(from.0, from.1), Position::new(to.0, to.1))
        };
        assert_eq!((filter.kind, filter.range), (SymbolKind::FUNCTION, range((1, 0), (5, 3))));
        assert_eq!(filter.selection_range, range((1, 1), (1, 9)));
        let options = filter.children.as_deref().expect("options");
        let names: Vec<_> = options.iter().map(|option| &*option.name).collect();
        assert_eq!(names, ["use", "l"]);
        assert_eq!(options[1].range, range((4, 0), (5, 3)));
    }
}
