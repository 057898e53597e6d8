//! Requests, and what is answered.

use std::collections::HashMap;

use impasto::Place;
use impasto_workbench::Graph;
use impasto_workbench::editor::{Document, actions};
use lsp_server::ErrorCode;
use lsp_types::request::*;
use lsp_types::*;
use serde_json::Value;

use super::lifecycle::GRAPH;
use super::server::{Refusal, Server, invalid, read};
use super::{convert, symbols};

/// What a request comes to, as JSON.
type Answer = Result<Vec<u8>, Refusal>;

impl Server {
    pub(super) fn answer(&mut self, method: &str, params: Value) -> Answer {
        match method {
            Completion::METHOD => on::<Completion>(params, |it| self.complete(it)),
            HoverRequest::METHOD => on::<HoverRequest>(params, |it| self.hover(it)),
            GotoDefinition::METHOD => on::<GotoDefinition>(params, |it| self.definition(it)),
            References::METHOD => on::<References>(params, |it| self.references(it)),
            DocumentHighlightRequest::METHOD => {
                on::<DocumentHighlightRequest>(params, |it| self.highlight(it))
            }
            PrepareRenameRequest::METHOD => {
                on::<PrepareRenameRequest>(params, |it| self.prepare_rename(it))
            }
            Rename::METHOD => on::<Rename>(params, |it| self.rename(it)),
            DocumentSymbolRequest::METHOD => self.symbols(params),
            CodeActionRequest::METHOD => on::<CodeActionRequest>(params, |it| self.actions(it)),
            Formatting::METHOD => on::<Formatting>(params, |it| self.format(it)),
            ExecuteCommand::METHOD => on::<ExecuteCommand>(params, |it| self.execute(it)),
            _ => {
                let why = format!("there is no `{method}`");
                Err(Refusal(ErrorCode::MethodNotFound, why))
            }
        }
    }

    /// An open document, and a byte of it.
    fn at(&self, at: &TextDocumentPositionParams) -> Result<(&Document, usize), Refusal> {
        let document = self.document(&at.text_document)?;
        Ok((document, self.encoding.offset(document.source(), at.position)))
    }

    fn document(&self, named: &TextDocumentIdentifier) -> Result<&Document, Refusal> {
        let path = self.opened(&named.uri)?;
        let document = self.workspace.document(&path);
        document.ok_or_else(|| invalid(format!("{} is not open", named.uri.as_str())))
    }

    fn complete(&self, params: CompletionParams) -> Result<Option<CompletionResponse>, Refusal> {
        let (document, at) = self.at(&params.text_document_position)?;
        let found = self.workspace.complete(document.path(), at);
        Ok(Some(convert::completion(self.encoding, document.source(), found)))
    }

    fn hover(&self, params: HoverParams) -> Result<Option<Hover>, Refusal> {
        let (document, at) = self.at(&params.text_document_position_params)?;
        let found = self.workspace.hover(document.path(), at);
        Ok(found.map(|hover| Hover {
            contents: HoverContents::Markup(convert::markdown(hover.text)),
            range: Some(self.encoding.range(document.source(), hover.span)),
        }))
    }

    fn definition(
        &self,
        params: GotoDefinitionParams,
    ) -> Result<Option<GotoDefinitionResponse>, Refusal> {
        let (document, at) = self.at(&params.text_document_position_params)?;
        let places = self.workspace.definitions(document.path(), at);
        Ok(Some(GotoDefinitionResponse::Array(self.locations(&places))))
    }

    fn references(&self, params: ReferenceParams) -> Result<Option<Vec<Location>>, Refusal> {
        let (document, at) = self.at(&params.text_document_position)?;
        let with_definition = params.context.include_declaration;
        let places = self.workspace.references(document.path(), at, with_definition);
        Ok(Some(self.locations(&places)))
    }

    fn highlight(
        &self,
        params: DocumentHighlightParams,
    ) -> Result<Option<Vec<DocumentHighlight>>, Refusal> {
        let (document, at) = self.at(&params.text_document_position_params)?;
        let places = self.workspace.highlights(document.path(), at).into_iter();
        let highlight = |place| DocumentHighlight { range: self.encoding.of(&place), kind: None };
        Ok(Some(places.map(highlight).collect()))
    }

    fn prepare_rename(
        &self,
        params: TextDocumentPositionParams,
    ) -> Result<Option<PrepareRenameResponse>, Refusal> {
        let (document, at) = self.at(&params)?;
        let span = self.workspace.nameable(document.path(), at);
        Ok(span.map(|span| PrepareRenameResponse::RangeWithPlaceholder {
            placeholder: document.source().text()[span.clone()].to_owned(),
            range: self.encoding.range(document.source(), span),
        }))
    }

    fn rename(&self, params: RenameParams) -> Result<Option<WorkspaceEdit>, Refusal> {
        let (document, at) = self.at(&params.text_document_position)?;
        let changes = self.workspace.rename(document.path(), at, &params.new_name);
        let changes = changes
            .map_err(|error| Refusal(ErrorCode::RequestFailed, error.to_string()))?
            .into_iter()
            .map(|change| (change.place, change.text));
        Ok(Some(self.edit(changes)))
    }

    /// The list of sections may be long: it is written as it is made.
    fn symbols(&self, params: Value) -> Answer {
        let params = read::<DocumentSymbolParams>(params).map_err(invalid)?;
        let document = self.document(&params.text_document)?;
        symbols::write(self.encoding, document).map_err(internal)
    }

    fn actions(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>, Refusal> {
        let document = self.document(&params.text_document)?;
        let asked = self.encoding.span(document.source(), params.range);
        let mut offered: Vec<CodeAction> = Vec::new();
        for found in self.found_in(document.path()) {
            let span = found.place.span();
            let Some(action) = actions(&found.problem) else { continue };
            // What was typed since may have put it right already.
            let is_current = action.edits.iter().all(|edit| self.is_current(&edit.place));
            if span.start > asked.end || asked.start > span.end || !is_current {
                continue;
            }
            let edits = action.edits.into_iter().map(|edit| (edit.place, edit.text));
            let offer = CodeAction {
                title: action.title,
                kind: Some(CodeActionKind::QUICKFIX),
                diagnostics: Some(vec![convert::diagnostic(self.encoding, found)]),
                edit: Some(self.edit(edits)),
                is_preferred: Some(true),
                ..CodeAction::default()
            };
            if !offered.contains(&offer) {
                offered.push(offer);
            }
        }
        Ok(Some(offered.into_iter().map(CodeActionOrCommand::CodeAction).collect()))
    }

    /// Whether a file still says what it said when a place in it was found.
    fn is_current(&self, place: &Place) -> bool {
        match self.workspace.document(place.file().as_ref()) {
            Some(document) => document.source().text() == place.source().text(),
            // It is read anew whenever it changes on the disk.
            None => true,
        }
    }

    fn format(&self, params: DocumentFormattingParams) -> Result<Option<Vec<TextEdit>>, Refusal> {
        let document = self.document(&params.text_document)?;
        let change = self.workspace.formatted(document.path()).map_err(|problems| {
            let first = problems.iter().next().map(|problem| problem.message.clone());
            let why = format!("some lines are wrong: {}", first.unwrap_or_default());
            Refusal(ErrorCode::RequestFailed, why)
        })?;
        let edit = change.map(|change| TextEdit {
            range: self.encoding.of(&change.place),
            new_text: change.text,
        });
        Ok(Some(edit.into_iter().collect()))
    }

    fn execute(&self, params: ExecuteCommandParams) -> Result<Option<Value>, Refusal> {
        if params.command != GRAPH {
            return Err(invalid(format!("there is no command `{}`", params.command)));
        }
        let asked = params.arguments.first().cloned().unwrap_or_default();
        let uri = read::<Uri>(asked.get("uri").unwrap_or(&asked).clone()).map_err(invalid)?;
        let path = self.opened(&uri)?;
        let text = |name: &str| asked.get(name).and_then(Value::as_str);
        let graph = self.workspace.loader(&path).and_then(|loader| Graph::of(&loader, text("app")));
        let graph =
            graph.map_err(|problems| Refusal(ErrorCode::RequestFailed, problems.to_string()))?;
        let drawn = match text("format").unwrap_or("text") {
            "text" => graph.to_string().into(),
            "mermaid" => graph.to_mermaid().into(),
            "dot" => graph.to_dot().into(),
            "svg" => graph.to_svg().into(),
            "json" => graph.to_json(),
            other => {
                let forms = "text, mermaid, dot, svg or json";
                return Err(invalid(format!("`{other}` is none of {forms}")));
            }
        };
        Ok(Some(drawn))
    }

    fn locations(&self, places: &[Place]) -> Vec<Location> {
        let location = |place: &Place| {
            let uri = self.uri(place.file().as_ref())?;
            Some(Location { uri, range: self.encoding.of(place) })
        };
        places.iter().filter_map(location).collect()
    }

    // The keys have a cell inside, which no hash looks at.
    #[allow(clippy::mutable_key_type)]
    fn edit(&self, edits: impl IntoIterator<Item = (Place, String)>) -> WorkspaceEdit {
        let mut changes: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
        for (place, new_text) in edits {
            let Some(uri) = self.uri(place.file().as_ref()) else { continue };
            let range = self.encoding.of(&place);
            changes.entry(uri).or_default().push(TextEdit { range, new_text });
        }
        WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }
    }
}

/// Reads parameters, and writes what comes of them.
fn on<R: Request>(
    params: Value,
    run: impl FnOnce(R::Params) -> Result<R::Result, Refusal>,
) -> Answer {
    let params = read::<R::Params>(params).map_err(invalid)?;
    serde_json::to_vec(&run(params)?).map_err(internal)
}

fn internal(error: serde_json::Error) -> Refusal {
    Refusal(ErrorCode::InternalError, error.to_string())
}
