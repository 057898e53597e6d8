//! The state, and what changes it.

use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use impasto_workbench::editor::{Workspace, prepare};
use lsp_server::{ErrorCode, Message, Notification, Request};
use lsp_types::notification::{
    DidChangeTextDocument, DidChangeWatchedFiles, DidChangeWorkspaceFolders, DidCloseTextDocument,
    DidOpenTextDocument, DidSaveTextDocument, Exit as ExitNotification, Initialized, LogMessage,
    Notification as _,
};
use lsp_types::request::{Initialize, RegisterCapability, Request as _, Shutdown};
use lsp_types::{
    DidChangeTextDocumentParams, InitializeParams, LogMessageParams, MessageType, Uri,
    WorkspaceFolder,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::checker::Checker;
use super::files;
use super::lifecycle::{greeting, roots, watches};
use super::position::Encoding;
use super::problems::Found;
use super::wire::{Incoming, Output};
use crate::exit::Exit;

/// Why a request is not answered.
pub(super) struct Refusal(pub(super) ErrorCode, pub(super) String);

/// Where a conversation is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Silent,
    Running,
    Over,
}

/// An open document, as the editor knows it.
pub(super) struct Open {
    pub(super) uri: Uri,
    pub(super) version: i32,
    /// How often what is wrong with it may have changed.
    pub(super) turn: u64,
}

pub(super) struct Server {
    pub(super) output: Output,
    pub(super) checker: Checker,
    phase: Phase,
    pub(super) encoding: Encoding,
    watches: bool,
    pub(super) workspace: Workspace,
    pub(super) open: BTreeMap<PathBuf, Open>,
    pub(super) found: HashMap<PathBuf, Found>,
}

impl Server {
    pub(super) fn new(output: Output, checker: Checker) -> Server {
        Server {
            output,
            checker,
            phase: Phase::Silent,
            encoding: Encoding::default(),
            watches: false,
            workspace: Workspace::default(),
            open: BTreeMap::new(),
            found: HashMap::new(),
        }
    }

    /// Does what a message says; tells how the process ends when it is the last one.
    pub(super) fn take(&mut self, incoming: Incoming) -> Option<Exit> {
        match incoming {
            Incoming::Malformed(why) => self.output.refuse(None, ErrorCode::ParseError, &why),
            Incoming::Message(Message::Request(request)) => self.request(request),
            Incoming::Message(Message::Notification(told)) => {
                if told.method == ExitNotification::METHOD {
                    let is_over = self.phase == Phase::Over;
                    return Some(if is_over { Exit::Fine } else { Exit::Cut });
                }
                let method = told.method.clone();
                let done = catch_unwind(AssertUnwindSafe(|| self.notice(told)));
                let done = done.unwrap_or_else(|_| Err("it made impasto panic".to_owned()));
                if let Err(why) = done {
                    self.log(&format!("{method}: {why}"));
                }
            }
            // To the one thing that is asked for; whatever it is, there is nothing to do.
            Incoming::Message(Message::Response(_)) => {}
        }
        None
    }

    fn request(&mut self, request: Request) {
        let Request { id, method, params } = request;
        let answer = catch_unwind(AssertUnwindSafe(|| match (self.phase, method.as_str()) {
            (Phase::Silent, Initialize::METHOD) => self.begin(params),
            (Phase::Silent, _) => {
                let message = "`initialize` comes first".to_owned();
                Err(Refusal(ErrorCode::ServerNotInitialized, message))
            }
            (Phase::Running, Shutdown::METHOD) => {
                self.phase = Phase::Over;
                Ok(b"null".to_vec())
            }
            (Phase::Running, method) => self.answer(method, params),
            (Phase::Over, _) => {
                let message = "the server has been shut down".to_owned();
                Err(Refusal(ErrorCode::InvalidRequest, message))
            }
        }));
        match answer {
            Ok(Ok(result)) => self.output.answer(&id, &result),
            Ok(Err(Refusal(code, why))) => self.output.refuse(Some(&id), code, &why),
            Err(_panic) => {
                let why = format!("`{method}` made impasto panic; the log has more");
                self.output.refuse(Some(&id), ErrorCode::InternalError, &why);
            }
        }
    }

    fn begin(&mut self, params: Value) -> Result<Vec<u8>, Refusal> {
        let params = read::<InitializeParams>(params).map_err(invalid)?;
        self.workspace.set_roots(roots(&params));
        let client = params.capabilities;
        let general = client.general.as_ref();
        let encodings = general.and_then(|general| general.position_encodings.as_deref());
        self.encoding = Encoding::among(encodings);
        self.watches = watches(&client);
        self.phase = Phase::Running;
        prepare();
        serde_json::to_vec(&greeting(self.encoding)).map_err(|error| invalid(error.to_string()))
    }

    fn notice(&mut self, told: Notification) -> Result<(), String> {
        if self.phase != Phase::Running {
            return Err("it comes at the wrong time".to_owned());
        }
        let Notification { method, params } = told;
        match method.as_str() {
            Initialized::METHOD if self.watches => {
                let watcher = json!({ "watchers": [{ "globPattern": "**/*.{ini,conf}" }] });
                let method = DidChangeWatchedFiles::METHOD;
                let registration =
                    json!({ "id": "files", "method": method, "registerOptions": watcher });
                let params = json!({ "registrations": [registration] });
                self.output.ask("watch", RegisterCapability::METHOD, params);
            }
            DidOpenTextDocument::METHOD => {
                let document = notified::<DidOpenTextDocument>(params)?.text_document;
                let path = files::path(&document.uri);
                self.workspace.open(&path, document.text);
                let turn = self.open.get(&path).map_or(0, |open| open.turn);
                let open = Open { uri: document.uri, version: document.version, turn };
                self.open.insert(path.clone(), open);
                self.check(&path);
            }
            DidChangeTextDocument::METHOD => {
                self.change(notified::<DidChangeTextDocument>(params)?)?
            }
            DidSaveTextDocument::METHOD => {
                let saved = notified::<DidSaveTextDocument>(params)?.text_document;
                self.workspace.touch();
                self.check(&files::path(&saved.uri));
            }
            DidCloseTextDocument::METHOD => {
                let closed = notified::<DidCloseTextDocument>(params)?.text_document;
                self.close(&files::path(&closed.uri));
            }
            DidChangeWatchedFiles::METHOD => {
                let changes = notified::<DidChangeWatchedFiles>(params)?.changes;
                self.workspace.touch();
                for change in changes {
                    self.check(&files::path(&change.uri));
                }
            }
            DidChangeWorkspaceFolders::METHOD => {
                let event = notified::<DidChangeWorkspaceFolders>(params)?.event;
                let paths = |folders: Vec<WorkspaceFolder>| {
                    folders.into_iter().map(|folder| files::path(&folder.uri))
                };
                let mut roots = self.workspace.roots().to_vec();
                paths(event.removed).for_each(|gone| roots.retain(|root| *root != gone));
                roots.extend(paths(event.added));
                self.workspace.set_roots(roots);
            }
            // Much of what an editor tells is nothing to a server of one kind of file.
            _ => {}
        }
        Ok(())
    }

    fn change(&mut self, params: DidChangeTextDocumentParams) -> Result<(), String> {
        let path = files::path(&params.text_document.uri);
        let open = self.open.get_mut(&path).ok_or("this document is not open")?;
        open.version = params.text_document.version;
        for change in params.content_changes {
            let Some(document) = self.workspace.document(&path) else { break };
            let span = match change.range {
                Some(range) => self.encoding.span(document.source(), range),
                None => 0..document.source().text().len(),
            };
            self.workspace.change(&path, span, &change.text);
        }
        self.check(&path);
        Ok(())
    }

    fn close(&mut self, path: &Path) {
        self.workspace.close(path);
        self.open.remove(path);
        self.forget(path);
        self.check(path);
    }

    /// The path of a document that is open.
    pub(super) fn opened(&self, uri: &Uri) -> Result<PathBuf, Refusal> {
        let path = files::path(uri);
        match self.open.contains_key(&path) {
            true => Ok(path),
            false => Err(invalid(format!("{} is not open", uri.as_str()))),
        }
    }

    /// The URI of a file, as the editor wrote it if it did.
    pub(super) fn uri(&self, path: &Path) -> Option<Uri> {
        self.open.get(path).map(|open| open.uri.clone()).or_else(|| files::uri(path))
    }

    fn log(&self, message: &str) {
        let params = LogMessageParams { typ: MessageType::WARNING, message: message.to_owned() };
        self.output.notify(LogMessage::METHOD, params);
    }
}

/// The parameters of a message are wrong.
pub(super) fn invalid(why: impl Into<String>) -> Refusal {
    Refusal(ErrorCode::InvalidParams, why.into())
}

pub(super) fn read<P: DeserializeOwned>(params: Value) -> Result<P, String> {
    serde_json::from_value(params).map_err(|error| error.to_string())
}

fn notified<N: lsp_types::notification::Notification>(params: Value) -> Result<N::Params, String> {
    read(params)
}
