//! What is wrong with the files that are open: it is found beside the conversation, and told when it is there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use impasto_workbench::editor::{Diagnostic, diagnostics};
use lsp_types::PublishDiagnosticsParams;
use lsp_types::notification::{Notification as _, PublishDiagnostics};

use super::checker::{Checked, Job};
use super::server::Server;
use super::{convert, files};

/// What the last check of a file found.
pub(super) struct Found {
    files: Vec<PathBuf>,
    diagnostics: BTreeMap<PathBuf, Vec<Diagnostic>>,
}

impl Server {
    /// Has a file checked that is open, and all that are open and include it.
    pub(super) fn check(&mut self, path: &Path) {
        for (open, state) in &mut self.open {
            let includes = |found: &Found| found.files.iter().any(|file| file == path);
            if open == path || self.found.get(open).is_some_and(includes) {
                state.turn += 1;
                let (path, texts) = (open.clone(), self.workspace.snapshot());
                self.checker.check(Job { path, texts, turn: state.turn });
            }
        }
    }

    /// Shows what a check has found.
    pub(super) fn show(&mut self, checked: Checked) {
        let Checked { path, turn, problems, files } = checked;
        if self.open.get(&path).is_none_or(|open| open.turn != turn) {
            return;
        }
        let diagnostics = diagnostics(&path, problems);
        let new = Found { files, diagnostics };
        let mut touched: BTreeSet<PathBuf> = new.diagnostics.keys().cloned().collect();
        touched.insert(path.clone());
        let old = self.found.insert(path, new);
        touched.extend(old.into_iter().flat_map(|old| old.diagnostics.into_keys()));
        touched.iter().for_each(|file| self.publish(file));
    }

    /// Takes back what a check of a file has found.
    pub(super) fn forget(&mut self, path: &Path) {
        if let Some(found) = self.found.remove(path) {
            found.diagnostics.keys().for_each(|file| self.publish(file));
        }
    }

    /// Tells all that is known to be wrong with a file.
    fn publish(&self, file: &Path) {
        let open = self.open.get(file);
        let Some(uri) = open.map(|open| open.uri.clone()).or_else(|| files::uri(file)) else {
            return;
        };
        let mut diagnostics: Vec<lsp_types::Diagnostic> = Vec::new();
        for found in self.found_in(file) {
            let diagnostic = convert::diagnostic(self.encoding, found);
            // Whoever includes a file finds what is wrong with it, too.
            if !diagnostics.contains(&diagnostic) {
                diagnostics.push(diagnostic);
            }
        }
        diagnostics.sort_by_key(|diagnostic| (diagnostic.range.start, diagnostic.severity));
        let version = open.map(|open| open.version);
        let params = PublishDiagnosticsParams { uri, diagnostics, version };
        self.output.notify(PublishDiagnostics::METHOD, params);
    }

    /// What checks have found in a file.
    pub(super) fn found_in(&self, file: &Path) -> impl Iterator<Item = &Diagnostic> {
        let lists = self.found.values().filter_map(move |found| found.diagnostics.get(file));
        lists.flatten()
    }
}
