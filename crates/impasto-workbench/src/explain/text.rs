//! An explanation as people read it: a line for each layer, outermost first.

use std::fmt::{self, Display, Formatter};

use impasto::{Effect, Problems, Value};

use super::Explanation;
use crate::shown::{OneLine, line, source};
use crate::stack::{Branch, End, Fork, Layer, Verdict, Way};

/// The column in which it is said where a setting comes from, where there is room.
const SOURCE: usize = 44;

impl Display for Explanation {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let layers = self.way.layers();
        let width = |text: &dyn Fn(&Layer) -> String| {
            layers.iter().map(|layer| text(layer).chars().count()).max().unwrap_or(0).min(64)
        };
        let columns = [width(&Layer::name), width(&Layer::reference), width(&package)];
        Text { columns, globals: Vec::new() }.way(&self.way, 0, f)
    }
}

struct Text {
    /// How wide names, references and crates are.
    columns: [usize; 3],
    /// The globals of the layer above, as they are shown.
    globals: Vec<String>,
}

impl Text {
    fn way(&mut self, way: &Way, depth: usize, f: &mut Formatter<'_>) -> fmt::Result {
        for filter in &way.filters {
            self.layer(filter, filter.settings(), depth, f)?;
        }
        match &way.end {
            End::App(app) => self.layer(app, app.settings(), depth, f),
            End::Fork(fork) => self.fork(fork, depth, f),
            End::Broken(problems) => broken(problems, depth, f),
        }
    }

    fn layer<'a>(
        &mut self,
        layer: &Layer,
        settings: impl Iterator<Item = (&'a str, &'a Value)>,
        depth: usize,
        f: &mut Formatter<'_>,
    ) -> fmt::Result {
        let [names, references, crates] = self.columns;
        let place = layer.place().map(|place| line(&place)).unwrap_or_default();
        let text = format!(
            "{:names$}  {:references$}  {:crates$}  {place}",
            layer.name(),
            layer.reference(),
            package(layer)
        );
        writeln!(f, "{}{}", indent(depth), text.trim_end())?;
        self.details(layer, settings, depth + 2, f)
    }

    /// Settings; and globals where they are not those of the layer above.
    fn details<'a>(
        &mut self,
        layer: &Layer,
        settings: impl Iterator<Item = (&'a str, &'a Value)>,
        depth: usize,
        f: &mut Formatter<'_>,
    ) -> fmt::Result {
        let section = layer.section();
        let setting = |what: &str, (name, value): (&str, &Value)| {
            let is_secret = layer.context().hides(name, value.text());
            let shown = if is_secret { Value::MASK } else { value.shown() };
            let text = format!("{}{what}{name} = {}", indent(depth), OneLine(shown));
            format!("{text:<SOURCE$}  # {}", source(value, section))
        };
        for own in settings {
            writeln!(f, "{}", setting("", own))?;
        }
        let globals: Vec<_> = layer.globals().map(|global| setting("global ", global)).collect();
        for global in globals.iter().filter(|global| !self.globals.contains(global)) {
            writeln!(f, "{global}")?;
        }
        self.globals = globals;
        let may: Vec<&str> = layer.may().map(Effect::as_str).collect();
        if !may.is_empty() {
            writeln!(f, "{}may {}", indent(depth), may.join(" and "))?;
        }
        Ok(())
    }

    fn fork(&mut self, fork: &Fork, depth: usize, f: &mut Formatter<'_>) -> fmt::Result {
        self.layer(&fork.layer, fork.settings(), depth, f)?;
        let width = fork.branches.iter().map(|it| it.option.chars().count()).max();
        let width = width.unwrap_or(0).min(64);
        let taken = fork.branches.iter().filter(|it| it.verdict == Verdict::Taken).count();
        let is_told_after = taken == 1;
        for branch in &fork.branches {
            told(branch, width, depth + 2, f)?;
            match &branch.way {
                Some(way) if !is_told_after => {
                    stacker::maybe_grow(256 << 10, 4 << 20, || self.way(way, depth + 3, f))?;
                }
                _ => {}
            }
        }
        let is_asked = fork.branches.iter().any(|it| it.verdict != Verdict::Open);
        if taken == 0 && (is_asked || fork.branches.is_empty()) {
            return writeln!(f, "{}nothing here takes the request", indent(depth + 2));
        }
        let way = fork.branches.iter().find_map(|branch| branch.way.as_ref());
        match way.filter(|_| is_told_after) {
            Some(way) => stacker::maybe_grow(256 << 10, 4 << 20, || self.way(way, depth, f)),
            None => Ok(()),
        }
    }
}

/// `taken    /v2  api-paste.ini:12  because of this`
fn told(branch: &Branch, width: usize, depth: usize, f: &mut Formatter<'_>) -> fmt::Result {
    let verdict = match branch.verdict {
        Verdict::Open => String::new(),
        verdict => format!("{:7}  ", verdict.as_str()),
    };
    let place = branch.place.as_ref().map(line).unwrap_or_default();
    let text = format!("{verdict}{:width$}  {place}  {}", branch.option, branch.reason);
    writeln!(f, "{}{}", indent(depth), text.trim_end())
}

fn broken(problems: &Problems, depth: usize, f: &mut Formatter<'_>) -> fmt::Result {
    for problem in problems.iter() {
        let place = problem.place.as_ref().map(|place| format!("{}: ", line(place)));
        let place = place.unwrap_or_default();
        let severity = problem.severity.as_str();
        writeln!(f, "{}{severity}: {place}{}", indent(depth), problem.message)?;
    }
    Ok(())
}

/// The crate of a layer's factory.
fn package(layer: &Layer) -> String {
    layer.factory().map_or("(not linked)", |factory| factory.package()).to_owned()
}

fn indent(depth: usize) -> String {
    "  ".repeat(depth)
}
