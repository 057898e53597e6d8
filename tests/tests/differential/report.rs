use std::path::Path;

use impasto_tests::oracle::differences;
use serde_json::Value;

use crate::chosen;

/// Collects what differs over many files, so that one run shows all of it.
#[derive(Default)]
pub(crate) struct Report {
    files: usize,
    chosen: usize,
    unexplained: Vec<String>,
}

impl Report {
    pub(crate) fn compare(&mut self, file: &Path, paste: &Value, ours: &Value) {
        self.files += 1;
        for difference in differences(paste, ours) {
            match chosen::reason(&difference) {
                Some(_) => self.chosen += 1,
                None => self.unexplained.push(format!("{}: {difference}", file.display())),
            }
        }
    }

    /// Says how much was compared, and fails when anything differs without a reason.
    pub(crate) fn finish(self) {
        let Self { files, chosen, unexplained } = self;
        assert!(files > 0, "there was nothing to compare");
        println!("{files} files, {chosen} differences that we chose");
        let shown = unexplained.join("\n");
        assert!(unexplained.is_empty(), "{} differences:\n{shown}", unexplained.len());
    }
}
