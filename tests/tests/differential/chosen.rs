//! Where we answer something else than PasteDeploy, on purpose.
//!
//! The rule: where PasteDeploy gives something that works, ours is the same. Where it fails,
//! loops, or builds something that cannot serve, ours may do the evident right thing.

use impasto_tests::oracle::Difference;

/// A kind of difference that is not a mistake.
struct Choice {
    reason: &'static str,
    covers: fn(&Difference) -> bool,
}

const CHOICES: &[Choice] = &[
    Choice {
        reason: "PasteDeploy applies the filters of a `filter-with` around a pipeline, a \
                 filter-app or a filtered app to nothing, and returns a function that no server \
                 can call; ours wraps it",
        covers: |difference| {
            let paste = difference.paste.as_str();
            paste.is_some_and(|paste| paste.contains("<function composed>"))
                && is_composed(difference)
        },
    },
    Choice {
        reason: "A `call:` reference that no section uses has no protocol, so PasteDeploy \
                 resolves it and then cannot create it; ours takes what its place asks for",
        covers: |difference| {
            let message = error_message(difference);
            let unknown = message.starts_with("Protocol ") && message.ends_with(" unknown");
            unknown && is_composed(difference)
        },
    },
    Choice {
        reason: "An option may have the name of an argument of PasteDeploy's own functions",
        covers: |difference| {
            error_message(difference).contains("multiple values for argument")
                && is_composed(difference)
        },
    },
    Choice {
        reason: "PasteDeploy takes the name of a file for a template, and fails when it holds a \
                 percent sign",
        covers: |difference| {
            let rest_of_name = error_message(difference)
                .strip_prefix("Error in file ")
                .and_then(|message| message.split_once(": '%' must be followed by"))
                .and_then(|(file, message)| {
                    let found = message.split_once("found: '")?.1.trim_end_matches('\'');
                    file.strip_suffix(found)
                });
            rest_of_name.is_some()
        },
    },
    Choice {
        reason: "A byte order mark is no part of the text",
        covers: |difference| {
            difference.paste["kind"] == "MissingSectionHeaderError"
                && error_message(difference).contains("line: 1\n'\\ufeff")
        },
    },
];

/// The message of PasteDeploy's error, wherever it has one.
fn error_message(difference: &Difference) -> &str {
    let error = difference.paste.get("error").unwrap_or(&difference.paste);
    error["message"].as_str().unwrap_or_default()
}

/// Whether ours is every filter applied to what it wraps.
fn is_composed(difference: &Difference) -> bool {
    difference.composed.is_some() && difference.ours.as_str() == difference.composed.as_deref()
}

/// Why the difference is no mistake, if it is none.
pub(crate) fn reason(difference: &Difference) -> Option<&'static str> {
    let choice = CHOICES.iter().find(|choice| (choice.covers)(difference))?;
    Some(choice.reason)
}
