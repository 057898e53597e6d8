//! The list of what a file consists of, which is as long as the file is: nothing of it is kept while it is written.

use impasto_workbench::editor::{Document, Symbol};
use lsp_types::{DocumentSymbol, SymbolKind};
use serde::Serializer;

use super::position::Encoding;

/// One symbol takes about so many bytes.
const LENGTH: usize = 220;

/// The symbols of a file, as JSON.
pub(super) fn write(encoding: Encoding, document: &Document) -> serde_json::Result<Vec<u8>> {
    let count = document.text().sections().count();
    let mut json = Vec::with_capacity(count * LENGTH);
    let symbols = document.symbols().map(|symbol| convert(encoding, document, symbol));
    serde_json::Serializer::new(&mut json).collect_seq(symbols)?;
    Ok(json)
}

fn convert(encoding: Encoding, document: &Document, symbol: Symbol<'_>) -> DocumentSymbol {
    let kind = match symbol.kind {
        "" => SymbolKind::PROPERTY,
        "filter" => SymbolKind::FUNCTION,
        "pipeline" => SymbolKind::ARRAY,
        "server" => SymbolKind::MODULE,
        "DEFAULT" => SymbolKind::NAMESPACE,
        _ => SymbolKind::CLASS,
    };
    let options = symbol.options.into_iter().map(|option| convert(encoding, document, option));
    let options: Vec<_> = options.collect();
    // The field is in favour of `tags`, and must be given all the same.
    #[allow(deprecated)]
    DocumentSymbol {
        name: symbol.name.to_owned(),
        detail: None,
        kind,
        tags: None,
        deprecated: None,
        range: encoding.range(document.source(), symbol.span),
        selection_range: encoding.range(document.source(), symbol.own),
        children: (!options.is_empty()).then_some(options),
    }
}
