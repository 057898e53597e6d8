//! What a file says that it should do: `[test:NAME]` and `[check:NAME]` sections.
//!
//! Nothing loads them, so PasteDeploy and impasto serve as if they were not there. Their values mean what is
//! written: nothing is interpolated.

mod assertion;
mod case;
mod compare;
mod junit;
mod paths;
mod report;
mod section;

pub use assertion::{assertions, check_all};
pub use case::Case;
pub use report::{Report, Tested, run_tests};

/// Makes a test of a file's `[test:NAME]` sections, for `cargo test`.
///
/// The file is relative to the crate's own directory. All of its tests run; each that fails is told. The
/// factories that it names must be linked (`use my_filters as _;`). A second file in one module needs a name:
///
/// ```no_run
/// impasto_workbench::test_file!("api-paste.ini");
/// impasto_workbench::test_file!(admin, "admin-paste.ini");
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! test_file {
    ($file:expr) => {
        $crate::test_file!(file_does_what_it_says, $file);
    };
    ($name:ident, $file:expr) => {
        #[test]
        fn $name() {
            let path = ::std::path::Path::new(::core::env!("CARGO_MANIFEST_DIR")).join($file);
            $crate::assert_tests(&path);
        }
    };
}

/// What [`test_file!`] calls: panics with what has failed.
#[doc(hidden)]
pub fn assert_tests(path: &std::path::Path) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.unwrap_or_else(|error| panic!("{error}"));
    let report = runtime.block_on(async {
        let loader = impasto::Loader::open(path)?;
        run_tests(&loader, &[]).await
    });
    match report {
        Ok(report) if report.is_empty() => panic!("{} has no tests", path.display()),
        Ok(report) if report.failed() > 0 => panic!("\n{report}"),
        Ok(_) => {}
        Err(problems) => panic!("\n{problems}"),
    }
}
