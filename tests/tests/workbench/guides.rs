use std::path::Path;

use impasto_tests::fixtures::REWRITE;
use impasto_tests::transcript::compare_guide;

#[test]
fn what_the_guides_show_is_what_happens() {
    let program = Path::new(env!("CARGO_BIN_EXE_impasto-tests"));
    let guides = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guides");
    let files = guides.read_dir().expect("the guides are there");
    let paths = files.map(|file| file.expect("readable").path());
    let differences: Vec<_> = paths.filter_map(|path| compare_guide(&path, program)).collect();
    let text = differences.join("\n");
    assert!(differences.is_empty(), "{text}\nwhere that is better, write it with {REWRITE}=1");
}

#[test]
fn the_readme_leads_to_every_guide() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let readme = std::fs::read_to_string(top.join("README.md")).expect("readable");
    let guides = top.join("docs/guides").read_dir().expect("the guides are there");
    for guide in guides {
        let link = format!("(docs/guides/{})", guide.expect("readable").file_name().display());
        assert!(readme.contains(&link), "{link}");
    }
}
