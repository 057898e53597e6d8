use super::*;

/// What a check finds in `text`, beside which there is another file.
fn found(text: &str, other: &str) -> Vec<String> {
    let snapshot = Snapshot::default().with("/no/x.ini", text).with("/no/other.ini", other);
    let none = std::iter::empty::<(&str, &str)>();
    let loader = Loader::open_partly(snapshot, "/no/x.ini", none).unwrap();
    let problems = loader.check();
    // Nothing is linked into this test.
    let problems = problems.iter().filter(|problem| problem.code != Code::UnknownFactory);
    let told = |problem: &Problem| {
        let place = problem.place.as_ref().unwrap();
        let needed_by = if problem.needed_by.is_empty() { "" } else { " needed" };
        format!("{}:{} {}{needed_by}", &place.file()[4..], place.line(), problem.code)
    };
    problems.map(told).collect()
}

fn found_in(text: &str) -> Vec<String> {
    found(text, "")
}

const MISSING: &str = "[app:z]\nuse = nobody\n";

#[test]
fn lines_come_before_sections() {
    let found = found_in(&format!("{MISSING}[app:a]\nword\n"));
    assert_eq!(found, ["x.ini:4 no-delimiter", "x.ini:2 missing-section"]);
}

#[test]
fn a_section_that_lost_a_line_is_not_looked_at_nor_one_that_uses_it() {
    assert_eq!(found_in("[app:a]\nuse x\n[app:b]\nuse = a\n"), ["x.ini:2 no-delimiter"]);
    let twice = "[app:a]\nuse = nobody\nuse = egg:x\n";
    assert_eq!(found_in(twice), ["x.ini:3 duplicate-option"]);
    let sections = "[app:a]\nuse = nobody\n[app:b]\nuse = egg:x\n[app:a]\nlevel = 1\n";
    assert_eq!(found_in(sections), ["x.ini:5 duplicate-section"]);
}

#[test]
fn a_header_that_is_wrong_may_be_what_is_missing() {
    let used = "[app:a]\nuse = b\n[app:c]\nuse = egg:x\n";
    assert_eq!(found_in(&format!("{used}[b\n")), ["x.ini:5 no-delimiter"]);
    assert_eq!(found_in(&format!("{used}[]\n")), ["x.ini:5 no-delimiter"]);
    let other = found_in(&format!("{used}[ab\n"));
    assert_eq!(other, ["x.ini:5 no-delimiter", "x.ini:2 missing-section"]);
    let first = "[app:b\nuse = egg:x\n[app:a]\nuse = b\n";
    assert_eq!(found_in(first), ["x.ini:1 no-section-header"]);
    let filter = "[filter:f]\nuse = egg:x\n[app:a]\nuse = egg:x\nfilter-with f\n";
    assert_eq!(found_in(filter), ["x.ini:5 no-delimiter"]);
}

#[test]
fn a_default_that_is_wrong_may_be_what_is_missing() {
    let text = "[DEFAULT]\nname x\n[app:a]\nuse = egg:x\nkey = %(name)s\nget b = name\n";
    let found = found_in(&format!("{text}{MISSING}"));
    assert_eq!(found, ["x.ini:2 no-delimiter", "x.ini:8 missing-section"]);
    // What is behind the second line are defaults now, which hide the options of all sections.
    let taken = "[DEFAULT]\n[a\nuse = egg:x\n[app:b]\nuse = egg:x\n";
    assert_eq!(found_in(taken), ["x.ini:2 no-delimiter"]);
}

#[test]
fn lines_of_an_included_file_hide_nothing_either() {
    let text = "[pipeline:main]\npipeline = nobody config:other.ini#b config:other.ini#c\n";
    let found = found(text, "[filter:b]\nuse = nothing\n[c\n");
    assert_eq!(found, ["other.ini:3 no-delimiter needed", "x.ini:2 missing-section",]);
}

#[test]
fn only_tools_read_such_a_file() {
    let snapshot = Snapshot::default().with("/no/x.ini", "[app:a]\nword\n");
    let none = std::iter::empty::<(&str, &str)>();
    let problems = Loader::open_snapshot(snapshot, "/no/x.ini", none).err().unwrap();
    assert_eq!(problems.0.len(), 1);
}
