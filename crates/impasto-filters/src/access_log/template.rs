//! Formats: what stands in a line, and in which order.

use super::field::{self, Field, Stage};
use super::line::Escape;

/// A format, so that each part is written when it is known: those of the request and of the response's head
/// into a buffer, and everything into the line in the end.
#[derive(Debug)]
pub(super) struct Template {
    pub(super) runs: Vec<Run>,
    pub(super) escape: Escape,
}

/// Fields that stand side by side and are known at the same time.
#[derive(Debug, PartialEq)]
pub(super) struct Run {
    pub(super) stage: Stage,
    /// Which of the texts it is that are kept until the end: those of the request come before those of the
    /// response. None for what is known only then.
    pub(super) slot: Option<usize>,
    pub(super) fields: Vec<Field>,
}

/// What is wrong with a format, and what could stand there.
#[derive(Debug, PartialEq)]
pub(super) struct Wrong {
    pub(super) message: String,
    pub(super) help: Option<String>,
}

const COMBINED: &str = "{client} - {user} [{time}] \"{method} {target} {version}\" {status} {bytes} \
     \"{header:referer}\" \"{header:user-agent}\" {seconds} {request_id}{trouble}";
const COMMON: &str = "{client} - {user} [{time}] \"{method} {target} {version}\" {status} {bytes}";
const JSON: &str = "{{\"time\":\"{iso_time}\",\"method\":\"{method}\",\"target\":\"{target}\",\
     \"version\":\"{version}\",\"status\":{status},\"bytes\":{bytes},\"referer\":\"{header:referer}\",\
     \"agent\":\"{header:user-agent}\",\"client\":\"{client}\",\"user\":\"{user}\",\"seconds\":{seconds},\
     \"request_id\":\"{request_id}\",\"end\":\"{end}\"}}";
const NOVA: &str = "{client} \"{method} {target}\" status: {status} len: {bytes} \
     microversion: {microversion} time: {seconds}";
const PASTE: &str = "{client} - {user} [{time}] \"{method} {target} {version}\" {status} {bytes} \
     \"{header:referer}\" \"{header:user-agent}\"";
const SHORT: &str = "{method} {target} {status} {bytes} {seconds}{trouble}";

impl Template {
    /// The format of this name, or that which this is.
    pub(super) fn new(format: &str) -> Result<Template, Wrong> {
        let format = format.trim();
        let (text, escape) = match format {
            "combined" => (COMBINED, Escape::Hex),
            "common" => (COMMON, Escape::Hex),
            "json" => (JSON, Escape::Json),
            "nova" => (NOVA, Escape::Hex),
            "paste" => (PASTE, Escape::Hex),
            "short" => (SHORT, Escape::Hex),
            own if own.contains('{') => (own, Escape::Hex),
            _ => {
                let message = format!("{format:?} is no format");
                let help = "`combined`, `common`, `json`, `nova`, `paste` or `short`, or one of your own, \
                            which has names in braces: `{client} {target} {status}`";
                return Err(Wrong { message, help: Some(help.to_owned()) });
            }
        };
        Ok(Template { runs: runs(in_braces(text)?), escape })
    }

    /// A format as Paste's translogger has them: `%(REMOTE_ADDR)s %(status)s`.
    pub(super) fn of_paste(format: &str) -> Result<Template, Wrong> {
        Ok(Template { runs: runs(in_percents(format)?), escape: Escape::Hex })
    }
}

/// Reads `{name}`; a doubled brace is one.
fn in_braces(text: &str) -> Result<Vec<Field>, Wrong> {
    let mut fields = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        say(&mut fields, &rest[..at])?;
        let brace = &rest[at..=at];
        rest = &rest[at + 1..];
        if let Some(behind) = rest.strip_prefix(brace) {
            say(&mut fields, brace)?;
            rest = behind;
            continue;
        }
        let end = rest.find('}').filter(|_| brace == "{");
        let Some(end) = end else {
            let message = format!("there is a `{brace}` that no other one belongs to");
            return Err(Wrong {
                message,
                help: Some(format!("a `{brace}` itself is `{brace}{brace}`")),
            });
        };
        let name = &rest[..end];
        fields.push(Field::named(name).ok_or_else(|| Wrong {
            message: format!("there is no `{{{name}}}`"),
            help: Some(format!("the names are {}", field::names())),
        })?);
        rest = &rest[end + 1..];
    }
    say(&mut fields, rest)?;
    Ok(fields)
}

/// Reads `%(name)s`; a doubled percent sign is one.
fn in_percents(text: &str) -> Result<Vec<Field>, Wrong> {
    let mut fields = Vec::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('%') {
        say(&mut fields, before)?;
        if let Some(behind) = behind.strip_prefix('%') {
            say(&mut fields, "%")?;
            rest = behind;
            continue;
        }
        let name = behind.strip_prefix('(').and_then(|name| name.split_once(")s"));
        let Some((name, behind)) = name else {
            let message = "a `%` is not followed by a name, as in `%(status)s`".to_owned();
            return Err(Wrong { message, help: Some("a `%` itself is `%%`".to_owned()) });
        };
        fields.push(Field::named_in_paste(name).ok_or_else(|| Wrong {
            message: format!("there is no `%({name})s`"),
            help: Some(format!("the names are {}", field::names_in_paste())),
        })?);
        rest = behind;
    }
    say(&mut fields, rest)?;
    Ok(fields)
}

/// Adds a text.
fn say(fields: &mut Vec<Field>, text: &str) -> Result<(), Wrong> {
    if text.contains(char::is_control) {
        let message = "must be one line, without tabs and the like".to_owned();
        return Err(Wrong { message, help: None });
    }
    match fields.last_mut() {
        _ if text.is_empty() => {}
        Some(Field::Text(before)) => before.extend_from_slice(text.as_bytes()),
        _ => fields.push(Field::Text(text.as_bytes().to_vec())),
    }
    Ok(())
}

/// What stands side by side and is known at the same time.
fn runs(fields: Vec<Field>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for field in fields {
        match (runs.last_mut(), field.stage()) {
            (Some(run), None) => run.fields.push(field),
            (Some(run), Some(stage)) if stage == run.stage => run.fields.push(field),
            (_, stage) => {
                let stage = stage.unwrap_or(Stage::Request);
                runs.push(Run { stage, slot: None, fields: vec![field] });
            }
        }
    }
    let (kept, later): (Vec<_>, Vec<_>) = runs
        .iter_mut()
        .filter(|run| run.stage != Stage::End)
        .partition(|run| run.stage == Stage::Request);
    for (slot, run) in kept.into_iter().chain(later).enumerate() {
        run.slot = Some(slot);
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(template: Result<Template, Wrong>) -> String {
        let shown = |run: &Run| format!("{:?}{}", run.stage, run.fields.len());
        template.unwrap().runs.iter().map(shown).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_is_known_at_one_time_is_one_run() {
        assert_eq!(shown(Template::new("short")), "Request4 End6");
        assert_eq!(
            shown(Template::new("{{{client}}} {user}{microversion}x")),
            "Request1 End3 Response2"
        );
        assert_eq!(shown(Template::of_paste("%(time)s 100%% %(status)s")), "Request2 End1");
    }

    #[test]
    fn every_name_is_known_in_a_template() {
        for name in field::names()
            .split(['`', ','])
            .filter(|it| it.chars().all(|c| c == '_' || c.is_ascii_lowercase()))
        {
            assert!(name.is_empty() || Field::named(name).is_some(), "{name}");
        }
        for format in ["combined", "common", "json", "nova", "paste", "short"] {
            assert!(Template::new(format).is_ok(), "{format}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let said = |template: Result<Template, Wrong>| template.unwrap_err().message;
        assert_eq!(said(Template::new("jsn")), "\"jsn\" is no format");
        assert_eq!(said(Template::new("{stats}")), "there is no `{stats}`");
        assert_eq!(said(Template::new("{header:a b}")), "there is no `{header:a b}`");
        assert_eq!(said(Template::new("{status")), "there is a `{` that no other one belongs to");
        assert_eq!(said(Template::new("{status}}")), "there is a `}` that no other one belongs to");
        assert_eq!(
            said(Template::new("{status}\n{bytes}")),
            "must be one line, without tabs and the like"
        );
        assert_eq!(said(Template::of_paste("%(remote)s")), "there is no `%(remote)s`");
        let percent = "a `%` is not followed by a name, as in `%(status)s`";
        for format in ["100%", "%s", "%(status)d", "%(status"] {
            assert_eq!(said(Template::of_paste(format)), percent, "{format}");
        }
    }
}
