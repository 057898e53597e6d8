//! The documentation of every component shows a file that works.

use impasto::{Code, Factory, Kind, Loader, Registry};

fn own() -> impl Iterator<Item = &'static Factory> {
    let factories = Registry::linked().factories().iter().copied();
    factories.filter(|factory| factory.package() == env!("CARGO_PKG_NAME"))
}

#[test]
fn no_two_factories_claim_one_reference() {
    let problems = Registry::linked().problems();
    assert!(problems.is_empty(), "{problems:?}");
}

#[test]
fn every_documented_example_loads_without_a_warning() {
    let directory = tempfile::tempdir().unwrap();
    for factory in own() {
        let example = factory.example().unwrap_or_else(|| panic!("{factory:?} shows no example"));
        // Factories that share their settings share the example too.
        let names = [format!("egg:impasto#{}\n", factory.name()), format!("`{}`", factory.name())];
        let is_named = names.iter().any(|name| factory.docs().contains(name));
        assert!(is_named, "the documentation of {factory:?} does not name it");
        let path = directory.path().join("example.ini");
        std::fs::write(&path, &example).unwrap();
        let mut problems = Loader::open(&path).unwrap().check();
        // The example of a filter need not say which pipeline it is in.
        problems.0.retain(|problem| problem.code != Code::UnusedSection);
        assert!(problems.is_empty(), "{factory:?}: {problems}");
    }
}

#[test]
fn every_filter_says_where_in_a_pipeline_it_belongs() {
    for filter in own().filter(|it| it.kind() == Kind::Filter) {
        assert!(filter.docs().contains("belong"), "{filter:?}");
    }
}

#[test]
fn every_setting_is_documented() {
    for factory in own() {
        assert!(!factory.summary().is_empty(), "{factory:?}");
        for setting in factory.settings() {
            assert!(!setting.docs.is_empty(), "{} of {factory:?}", setting.name);
        }
    }
}
