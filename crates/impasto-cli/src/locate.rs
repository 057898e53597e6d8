//! Where a file is looked for, as nova looked for its own.

use std::env;
use std::path::{Path, PathBuf};

use crate::complete;

/// `--config-dir`
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct Directories {
    /// A directory to look for the file in, before the current one, `$XDG_CONFIG_HOME/impasto` and
    /// `/etc/impasto`; may be repeated.
    #[arg(long, value_name = "DIRECTORY", add = complete::directories())]
    config_dir: Vec<PathBuf>,
}

impl Directories {
    /// What one who finds nothing is told.
    pub(crate) const STANDARD: &str = "it is looked for in the directories of `--config-dir`, here, in \
         $XDG_CONFIG_HOME/impasto and in /etc/impasto";

    /// Those that are named.
    pub(crate) fn of(config_dir: Vec<PathBuf>) -> Directories {
        Directories { config_dir }
    }

    /// The first such file that is there; the one of the current directory where none is.
    pub(crate) fn find(&self, file: &Path) -> PathBuf {
        if file.is_absolute() {
            return file.to_owned();
        }
        let named = self.config_dir.iter().map(|directory| directory.join(file));
        let after = standard().into_iter().map(|directory| directory.join(file));
        let mut all = named.chain([file.to_owned()]).chain(after);
        all.find(|file| file.exists()).unwrap_or_else(|| file.to_owned())
    }
}

fn standard() -> Vec<PathBuf> {
    let user = env::var_os("XDG_CONFIG_HOME").filter(|home| !home.is_empty()).map(PathBuf::from);
    let user = user.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".config")));
    let directories = user.map(|home| home.join("impasto")).into_iter();
    directories.chain([PathBuf::from("/etc/impasto")]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn named_directories_come_first_in_their_order() {
        let top = tempfile::tempdir().unwrap();
        let [one, two] = ["one", "two"].map(|name| top.path().join(name));
        [&one, &two].into_iter().for_each(|directory| fs::create_dir(directory).unwrap());
        let directories = Directories { config_dir: vec![one.clone(), two.clone()] };
        let find = |file: &str| directories.find(Path::new(file));
        assert_eq!(find("no-such.ini"), Path::new("no-such.ini"));
        fs::write(two.join("a.ini"), "").unwrap();
        assert_eq!(find("a.ini"), two.join("a.ini"));
        fs::write(one.join("a.ini"), "").unwrap();
        assert_eq!(find("a.ini"), one.join("a.ini"));
        assert_eq!(find("Cargo.toml"), Path::new("Cargo.toml"));
        assert_eq!(find("/a.ini"), Path::new("/a.ini"));
    }
}
