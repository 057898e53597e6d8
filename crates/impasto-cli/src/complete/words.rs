//! The words that fit where something is typed.

use std::ffi::OsStr;

use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, PathCompleter};
use impasto::{Factory, Group, Registry, looks_secret};

use super::file::File;
use super::typed::Typed;

/// What an argument is completed to.
pub(crate) type Completer = ArgValueCompleter;

/// A word, and what is said of it.
type Word = (String, Option<String>);

/// What can be asked of an app without more words.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// A completer that offers what begins as the word does that is typed.
fn of(words: impl Fn(&Typed, &File) -> Vec<Word> + Send + Sync + 'static) -> Completer {
    ArgValueCompleter::new(move |current: &OsStr| {
        let typed = Typed::now();
        let words = File::open(&typed.file()).map(|file| words(&typed, &file));
        offered(current, words.unwrap_or_default())
    })
}

fn offered(current: &OsStr, words: Vec<Word>) -> Vec<CompletionCandidate> {
    let Some(current) = current.to_str() else { return Vec::new() };
    let mut fitting: Vec<Word> = Vec::new();
    for word in words {
        // A word of several lines is none that can be typed.
        let fits = word.0.starts_with(current) && !word.0.contains(char::is_control);
        if fits && !fitting.iter().any(|known| known.0 == word.0) {
            fitting.push(word);
        }
    }
    let candidate = |(word, help): Word| CompletionCandidate::new(word).help(help.map(Into::into));
    fitting.into_iter().map(candidate).collect()
}

fn plain(words: Vec<String>) -> Vec<Word> {
    words.into_iter().map(|word| (word, None)).collect()
}

/// Paste files, and the directories on the way.
pub(crate) fn files() -> Completer {
    ArgValueCompleter::new(PathCompleter::any().filter(|path| {
        let ending = path.extension().and_then(OsStr::to_str);
        path.is_file() && matches!(ending, Some("ini" | "conf" | "cfg" | "orig"))
    }))
}

/// Any file.
pub(crate) fn any_file() -> Completer {
    ArgValueCompleter::new(PathCompleter::file())
}

/// Directories.
pub(crate) fn directories() -> Completer {
    ArgValueCompleter::new(PathCompleter::dir())
}

/// Apps by their names, and globals.
pub(crate) fn apps_and_globals() -> Completer {
    of(|_, file| [plain(file.declared(Group::App)), globals(file)].concat())
}

/// Apps by their names.
pub(crate) fn apps() -> Completer {
    of(|_, file| plain(file.declared(Group::App)))
}

/// Globals of a caller: those that the file has a value for.
pub(crate) fn only_globals() -> Completer {
    of(|_, file| globals(file))
}

fn globals(file: &File) -> Vec<Word> {
    file.keys("DEFAULT").into_iter().map(|key| (format!("{key}="), None)).collect()
}

/// What may be asked about, each command in its way.
pub(crate) fn asked() -> Completer {
    of(|typed, file| {
        let names = typed.names();
        let first = names.first().and_then(|name| name.to_str());
        let words = match (typed.command(), first) {
            ("explain", None) => {
                let apps = plain(file.declared(Group::App));
                [apps, plain(file.sections()), methods()].concat()
            }
            ("explain", Some(section)) if names.len() == 1 => plain(file.keys(section)),
            ("graph", None) => plain(file.declared(Group::App)),
            ("request", None) => methods(),
            ("test", _) => plain(file.of_kind("test")),
            _ => Vec::new(),
        };
        [words, globals(file)].concat()
    })
}

fn methods() -> Vec<Word> {
    METHODS.map(|method| (method.to_owned(), None)).into()
}

/// Sections, as between their brackets.
pub(crate) fn sections() -> Completer {
    of(|_, file| plain(file.sections()))
}

/// Options of the section that is named.
pub(crate) fn keys() -> Completer {
    of(|typed, file| plain(file.keys(typed.one("section").unwrap_or_default())))
}

/// The same, and what the factory of the section has settings for.
pub(crate) fn settings() -> Completer {
    of(|typed, file| {
        let section = typed.one("section").unwrap_or_default();
        let settings = file.settings(section).iter();
        let known = settings.map(|setting| (setting.name.clone(), first_sentence(&setting.docs)));
        let written = file.keys(section).into_iter().map(|key| (key, None));
        known.chain(written).collect()
    })
}

/// Values of the option that is named: of `use`, factories and sections; of others, what is there.
pub(crate) fn values() -> Completer {
    of(|typed, file| {
        let section = typed.one("section").unwrap_or_default();
        match typed.one("key").unwrap_or_default() {
            "use" => {
                let group = File::group(section);
                let mut beside = group.map(|group| file.declared(group)).unwrap_or_default();
                beside.retain(|name| section.split_once(':').is_none_or(|(_, own)| own != name));
                [references(group), plain(beside)].concat()
            }
            // What is secret is not shown to who only looks for a word.
            key if file.is_secret(section, key) => Vec::new(),
            key => {
                let value = file.value(section, key).filter(|it| !looks_secret(key, it));
                plain(value.into_iter().collect())
            }
        }
    })
}

/// Pipelines, and composites whose options are pipelines.
pub(crate) fn pipelines() -> Completer {
    of(|_, file| plain([file.of_kind("pipeline"), file.composites_of_pipelines()].concat()))
}

/// Options of the composite that is named.
pub(crate) fn choices() -> Completer {
    of(|typed, file| {
        let composite = format!("composite:{}", typed.one("pipeline").unwrap_or_default());
        let keys = file.keys(&composite).into_iter().filter(|key| key != "use");
        plain(keys.collect())
    })
}

/// Filters of a pipeline; those that it may get, where one is to be added.
pub(crate) fn filters() -> Completer {
    of(|typed, file| plain(of_pipeline(typed, file, typed.command() == "add")))
}

/// Filters that a pipeline has.
pub(crate) fn filters_beside() -> Completer {
    of(|typed, file| plain(of_pipeline(typed, file, false)))
}

fn of_pipeline(typed: &Typed, file: &File, is_new: bool) -> Vec<String> {
    let mut there = pipeline(typed, file);
    if is_new {
        let mut filters = file.declared(Group::Filter);
        filters.retain(|filter| !there.contains(filter));
        return filters;
    }
    there.pop();
    there
}

/// Filters that a pipeline has, and its app.
pub(crate) fn filters_and_app() -> Completer {
    of(|typed, file| plain(pipeline(typed, file)))
}

fn pipeline(typed: &Typed, file: &File) -> Vec<String> {
    file.pipeline(typed.one("pipeline").unwrap_or_default(), typed.one("choice"))
}

/// Factories: by their names, and by their references where the word begins like one.
pub(crate) fn factories() -> Completer {
    ArgValueCompleter::new(|current: &OsStr| {
        let names = Registry::linked().factories().iter();
        let names = names.map(|it| (it.name().to_owned(), first_sentence(&it.summary())));
        let mut words: Vec<Word> = names.collect();
        if current.to_str().is_some_and(|current| current.starts_with('e')) {
            words.extend(references(None));
        }
        offered(current, words)
    })
}

/// What `use` can name, of a group if one is known.
fn references(group: Option<Group>) -> Vec<Word> {
    let registry = Registry::linked();
    let is_wanted = |it: &&&Factory| group.is_none_or(|group| it.kind().group() == group);
    let factories = registry.factories().iter().filter(is_wanted);
    let word = |it: &&Factory| (registry.reference(it).to_string(), first_sentence(&it.summary()));
    factories.map(word).collect()
}

fn first_sentence(text: &str) -> Option<String> {
    let line = text.lines().next()?;
    let sentence = line.split_inclusive(". ").next()?.trim_end();
    (!sentence.is_empty()).then(|| sentence.to_owned())
}
