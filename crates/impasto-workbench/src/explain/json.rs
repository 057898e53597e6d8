//! An explanation as JSON.

use impasto::{Effect, Place, Value};
use serde_json::{Value as Json, json};

use super::Explanation;
use crate::shown::{line, rule, secret, source};
use crate::stack::{Branch, End, Fork, Layer, Way};

impl Explanation {
    /// An object: `app`, `request` (null where none was asked about) and `stack`, an array of layers,
    /// outermost first. A layer has `kind`, `name`, `factory`, `crate` (null when it is not linked),
    /// `section`, `place`, `named_at`, `settings`, `globals` and `may`; a composite whose choices are known
    /// also `choices`, each with `option`, `place`, `verdict`, `reason` and, unless there is only one way on,
    /// its own `stack`. What cannot be resolved is a layer of kind `error` with its `problems`.
    pub fn to_json(&self) -> Json {
        let request = self.question.as_ref().map(|question| {
            json!({
                "method": question.method().as_str(),
                "target": question.target().to_string(),
                "host": question.host(),
            })
        });
        json!({ "app": self.app.name(), "request": request, "stack": stack(&self.way) })
    }
}

fn stack(way: &Way) -> Json {
    let mut layers = Vec::new();
    let mut way = Some(way);
    while let Some(here) = way.take() {
        layers.extend(here.filters.iter().map(|it| layer(it, it.settings())));
        match &here.end {
            End::App(app) => layers.push(layer(app, app.settings())),
            End::Fork(fork) => {
                let mut on = fork.branches.iter().filter_map(|branch| branch.way.as_ref());
                let only = on.next().filter(|_| on.next().is_none());
                layers.push(composite(fork, only.is_none()));
                way = only;
            }
            End::Broken(problems) => {
                layers.push(json!({ "kind": "error", "problems": problems.to_json() }));
            }
        }
    }
    layers.into()
}

fn composite(fork: &Fork, with_stacks: bool) -> Json {
    let mut json = layer(&fork.layer, fork.settings());
    let choice = |branch: &Branch| {
        let mut choice = json!({
            "option": branch.option,
            "place": branch.place.as_ref().map(line),
            "verdict": branch.verdict.as_str(),
            "reason": branch.reason,
        });
        if with_stacks && let Some(way) = &branch.way {
            choice["stack"] = stacker::maybe_grow(256 << 10, 4 << 20, || stack(way));
        }
        choice
    };
    json["choices"] = fork.branches.iter().map(choice).collect();
    json
}

fn layer<'a>(layer: &Layer, settings: impl Iterator<Item = (&'a str, &'a Value)>) -> Json {
    let setting = |(name, value): (&str, &Value)| {
        let json = setting(name, value, layer.section());
        if layer.context().hides(name, value.text()) { masked(json) } else { json }
    };
    json!({
        "kind": layer.kind(),
        "name": layer.name(),
        "factory": layer.reference(),
        "crate": layer.factory().map(|factory| factory.package()),
        "section": layer.section(),
        "place": layer.place().as_ref().map(line),
        "named_at": layer.named_at().as_ref().map(line),
        "settings": settings.map(setting).collect::<Vec<_>>(),
        "globals": layer.globals().map(setting).collect::<Vec<_>>(),
        "may": layer.may().map(Effect::as_str).collect::<Json>(),
    })
}

/// A setting, and where it came from.
pub(super) fn setting(name: &str, value: &Value, section: Option<&str>) -> Json {
    let place = value.origin().value_place();
    json!({
        "name": name,
        "value": value.shown(),
        "rule": rule(value, section).as_str(),
        "section": value.origin().section(),
        "file": place.as_ref().map(Place::file),
        "line": place.as_ref().map(Place::line),
        "from": secret(value),
        "source": source(value, section),
    })
}

fn masked(mut setting: Json) -> Json {
    setting["value"] = Value::MASK.into();
    setting
}
