//! The names that a file has, also one that is not finished.

use std::fs;
use std::path::Path;

use impasto::{Composite, Declaration, Factory, Group, Reference, Registry, SettingFacts, ini};
use impasto_workbench::{SectionText, Text};

/// A longer one takes longer than anybody waits for a word.
const LONGEST: u64 = 4 << 20;

/// A file's text.
pub(super) struct File(Text);

impl File {
    pub(super) fn open(path: &Path) -> Option<File> {
        let known = fs::metadata(path).ok()?;
        // A pipe, say, would keep the shell waiting.
        let is_good = known.is_file() && known.len() <= LONGEST;
        let source = is_good.then(|| ini::read(path, &path.display().to_string()).ok())??;
        Some(File(Text::new(source)))
    }

    /// The sections as between their brackets.
    pub(super) fn sections(&self) -> Vec<String> {
        self.0.sections().map(|section| section.name().to_owned()).collect()
    }

    /// The names of sections of a group.
    pub(super) fn declared(&self, group: Group) -> Vec<String> {
        let declared = self.0.sections().filter_map(|section| Declaration::of(section.name()));
        let declared = declared.filter(|declared| declared.group == group);
        declared.map(|declared| declared.name.unwrap_or_else(|| "main".to_owned())).collect()
    }

    /// The names behind `KIND:`.
    pub(super) fn of_kind(&self, kind: &str) -> Vec<String> {
        let behind = |section: SectionText<'_>| {
            let (of, name) = section.name().split_once(':')?;
            (of.trim() == kind).then(|| name.trim().to_owned())
        };
        self.0.sections().filter_map(behind).collect()
    }

    /// The options of a section.
    pub(super) fn keys(&self, section: &str) -> Vec<String> {
        self.options(section).map(|(name, _)| name).collect()
    }

    fn options(&self, section: &str) -> impl Iterator<Item = (String, String)> {
        let sections = self.0.sections().filter(move |it| it.name() == section);
        let options = sections.flat_map(|section| section.options());
        options.map(|option| (option.name().to_owned(), option.value()))
    }

    /// The settings of a section's factory, where that is linked.
    pub(super) fn settings(&self, section: &str) -> &'static [SettingFacts] {
        self.factory(section).map(Factory::settings).unwrap_or_default()
    }

    /// Whether the factory of a section never has this setting shown.
    pub(super) fn is_secret(&self, section: &str, key: &str) -> bool {
        self.factory(section).is_some_and(|factory| factory.hides(key))
    }

    fn factory(&self, section: &str) -> Option<&'static Factory> {
        let group = Declaration::of(section)?.group;
        let (_, used) = self.options(section).find(|(name, _)| name == "use")?;
        let egg = used.strip_prefix("egg:")?;
        let (package, name) = egg.split_once('#').unwrap_or((egg, "main"));
        Registry::linked().find(group, &Reference::Egg { package, name }).ok()
    }

    /// What a section declares.
    pub(super) fn group(section: &str) -> Option<Group> {
        Declaration::of(section).map(|declared| declared.group)
    }

    /// The value of an option, as it is written.
    pub(super) fn value(&self, section: &str, key: &str) -> Option<String> {
        self.options(section).find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The composites whose options are pipelines.
    pub(super) fn composites_of_pipelines(&self) -> Vec<String> {
        let mut names = self.of_kind("composite");
        names.retain(|name| {
            let used = self.value(&format!("composite:{name}"), "use");
            let composite = used.and_then(|used| Composite::named(&used));
            composite == Some(Composite::PipelineFactory)
        });
        names
    }

    /// The words of a pipeline: of one of that name, or of an option of such a composite.
    pub(super) fn pipeline(&self, name: &str, choice: Option<&str>) -> Vec<String> {
        let composite = format!("composite:{name}");
        let own = self.value(&format!("pipeline:{name}"), "pipeline");
        let line = own.or_else(|| self.value(&composite, choice.unwrap_or("keystone")));
        let only = || self.options(&composite).find(|(key, _)| key != "use").map(|(_, it)| it);
        let line = line.or_else(only).unwrap_or_default();
        line.split_whitespace().map(str::to_owned).collect()
    }
}
