//! What the workbench says, in the words of the protocol.

use std::path::Path;

use impasto::{Code, Place, Severity};
use impasto_workbench::editor::{Completion, Diagnostic, ItemKind};
use lsp_types::*;

use super::files;
use super::position::Encoding;

/// A place in whichever file.
pub(super) fn location(encoding: Encoding, place: &Place) -> Option<Location> {
    let uri = files::uri(Path::new(place.file()))?;
    Some(Location { uri, range: encoding.of(place) })
}

pub(super) fn diagnostic(encoding: Encoding, found: &Diagnostic) -> lsp_types::Diagnostic {
    let related = found.related.iter().filter_map(|(place, message)| {
        let location = location(encoding, place)?;
        Some(DiagnosticRelatedInformation { location, message: message.clone() })
    });
    let related: Vec<_> = related.collect();
    let code = found.problem.code;
    let unused = code == Code::UnusedSection;
    lsp_types::Diagnostic {
        range: encoding.of(&found.place),
        severity: Some(match found.problem.severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
        }),
        code: Some(NumberOrString::String(code.as_str().to_owned())),
        source: Some("impasto".to_owned()),
        message: found.message.clone(),
        related_information: (!related.is_empty()).then_some(related),
        tags: unused.then(|| vec![DiagnosticTag::UNNECESSARY]),
        ..lsp_types::Diagnostic::default()
    }
}

pub(super) fn completion(
    encoding: Encoding,
    source: &impasto::Source,
    found: Completion,
) -> CompletionResponse {
    let items = found.items.into_iter().enumerate().map(|(at, item)| {
        let range = encoding.range(source, item.replace);
        let kind = match item.kind {
            ItemKind::App => CompletionItemKind::CLASS,
            ItemKind::Filter => CompletionItemKind::FUNCTION,
            ItemKind::Server => CompletionItemKind::MODULE,
            ItemKind::Factory => CompletionItemKind::CONSTRUCTOR,
            ItemKind::Setting => CompletionItemKind::PROPERTY,
            ItemKind::Value => CompletionItemKind::ENUM_MEMBER,
            ItemKind::Kind => CompletionItemKind::KEYWORD,
        };
        CompletionItem {
            kind: Some(kind),
            detail: item.detail,
            documentation: item.docs.map(|docs| Documentation::MarkupContent(markdown(docs))),
            // The order is that of the workbench, not of the alphabet.
            sort_text: Some(format!("{at:04}")),
            filter_text: Some(item.label.clone()),
            label: item.label,
            text_edit: Some(TextEdit { range, new_text: item.text }.into()),
            ..CompletionItem::default()
        }
    });
    let items = items.collect();
    CompletionResponse::List(CompletionList { is_incomplete: found.is_incomplete, items })
}

pub(super) fn markdown(value: String) -> MarkupContent {
    MarkupContent { kind: MarkupKind::Markdown, value }
}
