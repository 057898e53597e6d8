//! The documentation of every component shows a file that works.

use impasto::{Factory, Group, Loader, Registry};

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
        let loader = Loader::open(&path).unwrap();
        for declared in loader.declared() {
            let name = declared.name.as_deref().unwrap_or("main");
            let context = loader.context(declared.group, name).unwrap();
            assert!(context.warnings().is_empty(), "{factory:?}: {:?}", context.warnings());
            let created = match declared.group {
                Group::App => loader.app(name).map(drop),
                Group::Filter => loader.filter(name).map(drop),
                Group::Server => loader.server(name).map(drop),
            };
            created.unwrap_or_else(|problems| panic!("{factory:?}: {problems}"));
        }
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
