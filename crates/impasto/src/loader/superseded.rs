//! Settings that count for nothing beside others, or without them.

use super::context::Context;
use super::value::Value;
use crate::problem::{Code, Problem};
use crate::registry::{Factory, Registry};
use crate::settings::SettingFacts;

/// What is off; a text that names something is nothing of the kind.
const OFF: [&str; 5] = ["", "off", "no", "false", "0"];

/// A warning for each option of what was resolved that another of its options takes the place of, or that needs one
/// which is not there.
pub(super) fn problems(context: &Context, registry: &Registry) -> Vec<Problem> {
    let local = context.local_conf();
    let facts = context.factory(registry).map(Factory::settings).unwrap_or_default();
    let named = |name: &String| facts.iter().find(|other| other.name == *name);
    let written = |setting: &SettingFacts| {
        let mut options = local.iter();
        options.find(|(option, _)| setting.is_set_by(option))
    };
    // Others than the section may say it, as nova's options do.
    let is_given = |setting: &SettingFacts| {
        let mut options = local.iter().chain(context.global_conf().iter());
        options.any(|(option, value)| setting.is_set_by(option) && is_on(value))
    };
    let mut problems = Vec::new();
    for setting in facts {
        let Some(option) = written(setting) else { continue };
        let mut instead = setting.unused_with.iter().filter_map(named).filter_map(written);
        let needed = setting.unused_without.as_ref().and_then(named).filter(|it| !is_given(it));
        if let Some(instead) = instead.next() {
            problems.push(superseded(context, option, instead));
        } else if let Some(needed) = needed
            && is_on(option.1)
        {
            problems.push(lacking(context, option, &needed.name));
        }
    }
    problems
}

fn is_on(value: &Value) -> bool {
    !OFF.contains(&&*value.text().trim().to_lowercase())
}

fn superseded(
    context: &Context,
    (option, value): (&str, &Value),
    (instead, other): (&str, &Value),
) -> Problem {
    let message = format!("`{option}` counts for nothing, because `{instead}` is given");
    let problem = unused(context, option, value, message).help("remove one of the two");
    match other.origin().key_place() {
        Some(place) => problem.label(place, "this counts"),
        None => problem,
    }
}

fn lacking(context: &Context, (option, value): (&str, &Value), other: &str) -> Problem {
    let message = format!("`{option}` counts for nothing without `{other}`");
    unused(context, option, value, message).help(format!("set `{other}`, or remove this one"))
}

fn unused(context: &Context, option: &str, value: &Value, message: String) -> Problem {
    let section = value.origin().section().or(context.section()).unwrap_or_default();
    let problem = Problem::warning(Code::UnusedSetting, message);
    problem.at(value.origin().key_place()).section(section).key(option)
}
