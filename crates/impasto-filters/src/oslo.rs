//! The files of oslo.config, in which OpenStack's services have settings that oslo.middleware reads too.

mod file;

use std::path::{Path, PathBuf};

use impasto::{Conf, Options, SettingError};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

/// What a section says of where these files are.
#[derive(Clone, Copy)]
pub(crate) struct Oslo<'a> {
    pub(crate) project: &'a Option<String>,
    pub(crate) program: &'a Option<String>,
    pub(crate) file: &'a Option<String>,
}

impl Oslo<'_> {
    /// What `options` of a group are in the files, as settings; all defaults where no project is named, and
    /// where there is no file and none was named.
    ///
    /// # Errors
    ///
    /// A file that was named and is not there, one that cannot be read, and options that are wrong.
    pub(crate) fn group<S: DeserializeOwned + JsonSchema + 'static>(
        &self,
        group: &str,
        options: &[&str],
    ) -> Result<S, SettingError> {
        let key = self.file.as_ref().map_or("oslo_config_project", |_| "oslo_config_file");
        let mut conf: Vec<(String, String)> = Vec::new();
        for path in self.files() {
            impasto::reads(&path);
            let text = std::fs::read_to_string(&path).map_err(|error| error.to_string());
            let found = text.and_then(|text| file::group(&text, group, options));
            let found = found.map_err(|why| {
                SettingError::new(key, format!("cannot be taken from {}: {why}", path.display()))
            })?;
            // A later file goes before an earlier one.
            conf.retain(|(name, _)| found.iter().all(|(later, _)| name != later));
            conf.extend(found);
        }
        let conf: Conf = conf.into_iter().collect();
        let global = Conf::default();
        let options = Options { local: &conf, global: &global, section: group, place: None };
        options.read().map_err(|problems| {
            let why = problems.iter().next().map_or("", |problem| &problem.message);
            SettingError::new(key, format!("leads to a wrong value in [{group}]: {why}"))
        })
    }

    /// The files, in the order in which later ones go before earlier ones.
    fn files(&self) -> Vec<PathBuf> {
        match (self.project, self.file) {
            (None, _) => Vec::new(),
            (Some(_), Some(file)) => vec![PathBuf::from(file)],
            (Some(project), None) => {
                let names = [Some(project.as_str()), self.program.as_deref()];
                searched(&directories(project), names.into_iter().flatten())
            }
        }
    }
}

/// Where oslo.config looks for the files of a project.
fn directories(project: &str) -> Vec<PathBuf> {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let of_home = home.into_iter().flat_map(|home| [home.join(format!(".{project}")), home]);
    let of_system = [Path::new("/etc").join(project), PathBuf::from("/etc")];
    of_home.chain(of_system).collect()
}

/// The first `NAME.conf` of each name, and the files of the first `NAME.conf.d` of each.
fn searched<'a>(
    directories: &[PathBuf],
    names: impl Iterator<Item = &'a str> + Clone,
) -> Vec<PathBuf> {
    let first = |name: String| directories.iter().map(|it| it.join(&name)).find(|it| it.exists());
    let mut files: Vec<_> = names.clone().filter_map(|it| first(format!("{it}.conf"))).collect();
    for directory in names.filter_map(|name| first(format!("{name}.conf.d"))) {
        let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
        let mut inside: Vec<_> = entries.map(|entry| entry.path()).collect();
        inside.retain(|path| path.extension().is_some_and(|it| it == "conf"));
        inside.sort();
        files.append(&mut inside);
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use std::fs;

    #[derive(Debug, Default, PartialEq, Deserialize, JsonSchema)]
    #[serde(default)]
    struct Settings {
        #[serde(alias = "allowed_origin")]
        origins: Option<Vec<String>>,
        max_age: Option<u32>,
    }

    fn read(text: &str) -> Result<Settings, String> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("nova.conf");
        fs::write(&path, text).unwrap();
        let file = Some(path.to_str().unwrap().to_owned());
        let oslo = Oslo { project: &Some("nova".to_owned()), program: &None, file: &file };
        let settings = oslo.group("cors", &["allowed_origin", "max_age"]);
        settings.map_err(|error| error.to_string().replace(directory.path().to_str().unwrap(), ""))
    }

    #[test]
    fn the_options_of_a_group_are_settings() {
        let text = "[DEFAULT]\nmax_age = 1\n[cors]\nother = $x\nallowed_origin = http://a,\n http://b\nmax_age=2\n";
        let origins = Some(vec!["http://a".to_owned(), "http://b".to_owned()]);
        assert_eq!(read(text), Ok(Settings { origins, max_age: Some(2) }));
        assert_eq!(read("[nova]\n"), Ok(Settings::default()));
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert_eq!(
            read("[cors]\nmax_age = soon\n").unwrap_err(),
            "`oslo_config_file`: leads to a wrong value in [cors]: `max_age` must be a whole \
             number, 0 or more, not `soon`"
        );
        assert_eq!(
            read("[cors]\nmax_age\n").unwrap_err(),
            "`oslo_config_file` cannot be taken from /nova.conf: line 2 has neither `=` nor `:`"
        );
        let gone = Some("/no/such/file".to_owned());
        let oslo = Oslo { project: &gone, program: &None, file: &gone };
        let error = oslo.group::<Settings>("cors", &[]).unwrap_err().to_string();
        assert!(
            error.starts_with("`oslo_config_file` cannot be taken from /no/such/file: "),
            "{error}"
        );
    }

    #[test]
    fn without_a_project_there_is_no_file() {
        let file = Some("/no/such/file".to_owned());
        let oslo = Oslo { project: &None, program: &None, file: &file };
        assert_eq!(oslo.group::<Settings>("cors", &[]).unwrap(), Settings::default());
    }

    #[test]
    fn files_are_searched_as_oslo_does() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        };
        for path in [
            "one/glance.conf",
            "two/glance.conf",
            "two/api.conf",
            "two/api.conf.d/b.conf",
            "two/api.conf.d/a.conf",
            "two/api.conf.d/a.conf.old",
        ] {
            write(path);
        }
        let directories = [root.path().join("one"), root.path().join("two")];
        let found = searched(&directories, ["glance", "api"].into_iter());
        let found: Vec<_> = found.iter().map(|it| it.strip_prefix(root.path()).unwrap()).collect();
        let wanted =
            ["one/glance.conf", "two/api.conf", "two/api.conf.d/a.conf", "two/api.conf.d/b.conf"];
        assert_eq!(found, wanted.map(Path::new));
    }
}
