//! Resolved trees as people read them.

use std::fmt::{self, Display};

use impasto::{
    Children, Conf, Context, Declaration, Loader, Object, Pipeline, Problems, Rule, Value,
};
use impasto_workbench::OneLine;

/// The column in which it is said where a setting comes from, where there is room.
const ORIGIN: usize = 44;

/// Every loadable section, in the order of the file, a blank line between them.
pub(super) struct Tree<'a> {
    pub(super) loader: &'a Loader,
    /// Whether what composites would load is shown too.
    pub(super) expand: bool,
}

impl Display for Tree<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, declared) in self.loader.declared().iter().enumerate() {
            if at > 0 {
                writeln!(f)?;
            }
            self.section(declared, f)?;
        }
        Ok(())
    }
}

/// What is still to be shown. A list of its own in place of recursion: files decide how deep it gets.
enum Item {
    Text(String),
    Tree(Context),
    Failed(Problems),
}

type Pending = Vec<(usize, Item)>;

impl Tree<'_> {
    fn section(&self, declared: &Declaration, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "[{}]", declared.section)?;
        let mut pending = vec![(1, item(self.loader.resolve_declared(declared)))];
        let mut globals = Conf::default();
        while let Some((depth, item)) = pending.pop() {
            let context = match item {
                Item::Tree(context) => context,
                Item::Text(text) => {
                    writeln!(f, "{}{text}", indent(depth))?;
                    continue;
                }
                Item::Failed(problems) => {
                    failure(f, depth, &problems)?;
                    continue;
                }
            };
            let below = match context.object() {
                Object::Factory { group, reference, .. } => {
                    if *context.global_conf() != globals {
                        globals = context.global_conf().clone();
                        settings(f, depth, "global ", &context, &globals)?;
                    }
                    let section = context.section().filter(|section| *section != declared.section);
                    let section = section.map(|section| format!("  [{section}]"));
                    let section = section.unwrap_or_default();
                    writeln!(f, "{}{group} {reference}{section}", indent(depth))?;
                    settings(f, depth + 1, "", &context, context.local_conf())?;
                    let children = self.expand.then(|| context.children()).flatten();
                    children.map(|children| behind(children, depth + 1)).unwrap_or_default()
                }
                Object::Pipeline { filters, app } => {
                    filters.into_iter().chain([app]).map(|part| (depth, Item::Tree(part))).collect()
                }
                Object::FilterApp { filter, next } | Object::FilteredWith { filter, next } => {
                    vec![(depth, Item::Tree(filter)), (depth, Item::Tree(next))]
                }
                _ => Pending::new(),
            };
            pending.extend(below.into_iter().rev());
        }
        Ok(())
    }
}

fn item(resolved: Result<Context, Problems>) -> Item {
    match resolved {
        Ok(context) => Item::Tree(context),
        Err(problems) => Item::Failed(problems),
    }
}

/// What a composite would load.
fn behind(children: Children, depth: usize) -> Pending {
    let mut pending = Pending::new();
    match children {
        Children::Mounts(mounts) => {
            for (path, app) in mounts {
                pending.push((depth, Item::Text(format!("{path} ->"))));
                pending.push((depth + 1, item(app)));
            }
        }
        Children::Pipelines(pipelines) => {
            for (name, Pipeline { filters, app }) in pipelines {
                pending.push((depth, Item::Text(format!("{name} ->"))));
                let parts = filters.into_iter().chain([app]);
                pending.extend(parts.map(|part| (depth + 1, item(part))));
            }
        }
    }
    pending
}

fn failure(f: &mut fmt::Formatter<'_>, depth: usize, problems: &Problems) -> fmt::Result {
    for problem in problems.iter() {
        let place = problem.place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
        let severity = problem.severity.as_str();
        writeln!(f, "{}{severity}: {place}{}", indent(depth), problem.message)?;
    }
    Ok(())
}

/// One line for each setting, but those that every file has (`here`, `__file__`).
fn settings(
    f: &mut fmt::Formatter<'_>,
    depth: usize,
    what: &str,
    of: &Context,
    conf: &Conf,
) -> fmt::Result {
    for (name, value) in conf.iter().filter(|(_, value)| value.origin().rule() != Rule::Loader) {
        let is_secret = of.hides(name, value.text());
        let shown = if is_secret { Value::MASK } else { value.shown() };
        let line = format!("{}{what}{name} = {}", indent(depth), OneLine(shown));
        writeln!(f, "{line:<ORIGIN$}  # {}", origin(of, value))?;
    }
    Ok(())
}

/// `api-paste.ini:12, own option`
fn origin(of: &Context, value: &Value) -> String {
    let rule = of.rule_of(value).as_str();
    match value.origin().value_place() {
        Some(place) => format!("{}:{}, {rule}", place.file(), place.line()),
        None => rule.to_owned(),
    }
}

fn indent(depth: usize) -> String {
    "  ".repeat(depth)
}
