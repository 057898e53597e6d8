//! Settings that count for nothing beside others.

use super::context::Context;
use super::value::Value;
use crate::problem::{Code, Problem};
use crate::registry::{Factory, Registry};
use crate::settings::SettingFacts;

/// A warning for each option of what was resolved that another of its options takes the place of.
pub(super) fn problems(context: &Context, registry: &Registry) -> Vec<Problem> {
    let local = context.local_conf();
    let facts = context.factory(registry).map(Factory::settings).unwrap_or_default();
    let written = |setting: &SettingFacts| {
        let mut options = local.iter();
        options.find(|(option, _)| setting.is_set_by(option))
    };
    let instead = |setting: &SettingFacts| {
        let other = |name: &String| facts.iter().find(|other| other.name == *name);
        setting.unused_with.iter().filter_map(other).find_map(written)
    };
    let unused = facts.iter().filter_map(|setting| Some((written(setting)?, instead(setting)?)));
    unused.map(|(option, instead)| unused_setting(context, option, instead)).collect()
}

fn unused_setting(
    context: &Context,
    (option, value): (&str, &Value),
    (instead, other): (&str, &Value),
) -> Problem {
    let section = value.origin().section().or(context.section()).unwrap_or_default();
    let message = format!("`{option}` counts for nothing, because `{instead}` is given");
    let problem = Problem::warning(Code::UnusedSetting, message)
        .at(value.origin().key_place())
        .section(section)
        .key(option)
        .help("remove one of the two");
    match other.origin().key_place() {
        Some(place) => problem.label(place, "this counts"),
        None => problem,
    }
}
