//! What may be said of sections and their options beside the settings of factories.

use impasto::Declared;

/// The kinds of section that are worth to be written, with what they are. [`Declared`] knows which of them are loaded.
pub(super) const KINDS: &[(&str, &str)] = &[
    ("app", "An app, made by a factory."),
    ("pipeline", "Filters, and the app that they wrap."),
    ("composite", "An app made of other apps."),
    ("filter", "A filter, made by a factory."),
    ("filter-app", "An app within one filter: `use` names the filter, `next` the app."),
    ("server", "Where apps are served."),
    ("check", "What is asserted of the file: `impasto check` tells where it is not so."),
    ("test", "A request, and what is expected: `impasto test` runs it."),
];

/// An option that means the same in every section of its kind.
pub(super) struct Directive {
    pub(super) name: &'static str,
    pub(super) docs: &'static str,
    /// The kinds of section that have it; all that a factory makes where there are none.
    kinds: &'static [&'static str],
}

const DIRECTIVES: &[Directive] = &[
    Directive {
        name: "use",
        docs: "What makes it: a factory (`egg:PACKAGE#NAME`, `call:MODULE:ATTR`), a section of another file \
               (`config:FILE#NAME`), or a section of this one, whose options it then has too.",
        kinds: &[],
    },
    Directive {
        name: "pipeline",
        docs: "Filters from the outermost to the innermost, and the app.",
        kinds: &["pipeline"],
    },
    Directive { name: "next", docs: "The app that the filter wraps.", kinds: &["filter-app"] },
    Directive {
        name: "filter-with",
        docs: "A filter that wraps this.",
        kinds: &["app", "application", "composite", "composit", "pipeline", "filter", "filter-app"],
    },
    Directive {
        name: "require",
        docs: "Packages that have to be linked, parted by white space.",
        kinds: &[],
    },
    Directive {
        name: "paste.app_factory",
        docs: "The factory, as `MODULE:ATTR`.",
        kinds: &["app", "application"],
    },
    Directive {
        name: "paste.composite_factory",
        docs: "The factory, as `MODULE:ATTR`.",
        kinds: &["composite", "composit"],
    },
    Directive {
        name: "paste.filter_factory",
        docs: "The factory, as `MODULE:ATTR`.",
        kinds: &["filter"],
    },
    Directive {
        name: "paste.server_factory",
        docs: "The factory, as `MODULE:ATTR`.",
        kinds: &["server"],
    },
    Directive {
        name: "app",
        docs: "Which app it is about; by default the one that requests come to.",
        kinds: &["check", "test"],
    },
    Directive {
        name: "passes",
        docs: "Filters that are passed, in this order.",
        kinds: &["check", "test"],
    },
    Directive {
        name: "never_without",
        docs: "Filters without which no path leads to the app.",
        kinds: &["check"],
    },
    Directive {
        name: "request",
        docs: "A request: a method and a URL.",
        kinds: &["check", "test"],
    },
    Directive { name: "header.", docs: "A header of the request.", kinds: &["check", "test"] },
    Directive {
        name: "status",
        docs: "The statuses that the answer may have: `404`, or `4xx` for all of them.",
        kinds: &["check", "test"],
    },
    Directive { name: "body", docs: "The body of the request.", kinds: &["test"] },
    Directive { name: "expect.header.", docs: "A header of the answer.", kinds: &["test"] },
    Directive { name: "expect.body", docs: "The body of the answer.", kinds: &["test"] },
    Directive { name: "answered_by", docs: "The app or filter that answers.", kinds: &["test"] },
];

/// What a section of this kind may say.
pub(super) fn directives(kind: &str) -> impl Iterator<Item = &'static Directive> {
    let is_made = Declared::of(kind).is_some();
    let fits = move |directive: &&Directive| match directive.kinds {
        [] => is_made && kind != "pipeline",
        kinds => kinds.contains(&kind),
    };
    DIRECTIVES.iter().filter(fits)
}

/// What an option is, if it means the same whatever the factory.
pub(super) fn directive(kind: &str, key: &str) -> Option<&'static str> {
    let is_meant = |directive: &&Directive| {
        key == directive.name || directive.name.ends_with('.') && key.starts_with(directive.name)
    };
    let known = directives(kind).find(is_meant).map(|directive| directive.docs);
    known.or_else(|| match key {
        _ if key.starts_with("set ") => Some("A global for this section and all that it loads."),
        _ if key.starts_with("get ") => Some("A setting whose value is that of a global."),
        _ => None,
    })
}
