//! A report for build servers, in the form of JUnit.

use std::fmt::Write as _;

use super::report::Report;
use crate::shown::xml;

impl Report {
    /// JUnit's XML: a `testsuite` with a `testcase` for each test, and in it a `failure` where it failed.
    pub fn to_junit(&self) -> String {
        let (tests, failures) = (self.tests.len(), self.failed());
        let totals = format!(
            "tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"0\" time=\"{:.6}\"",
            self.took.as_secs_f64()
        );
        let file = xml(&self.file);
        let mut text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {totals}>\n  \
             <testsuite name=\"{file}\" {totals}>\n"
        );
        for test in &self.tests {
            let (_, line) = test.place.rsplit_once(':').unwrap_or_default();
            let _ = write!(
                text,
                "    <testcase name=\"{}\" classname=\"{file}\" file=\"{file}\" line=\"{line}\" \
                 time=\"{:.6}\"",
                xml(&test.name),
                test.took.as_secs_f64()
            );
            match &test.failures[..] {
                [] => text.push_str("/>\n"),
                [first, ..] => {
                    let lines: Vec<_> = test.failures.iter().map(|line| xml(line)).collect();
                    let _ = writeln!(
                        text,
                        ">\n      <failure message=\"{}\">{}</failure>\n    </testcase>",
                        xml(first),
                        lines.join("\n")
                    );
                }
            }
        }
        text.push_str("  </testsuite>\n</testsuites>\n");
        text
    }
}
