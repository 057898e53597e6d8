//! All factories as one Markdown document, a part for each kind and a section for each factory.

use std::fmt::{Result, Write};

use impasto::{Factory, Kind, Registry, SettingFacts};

/// The parts, in the order in which a request meets them.
const PARTS: [(Kind, &str); 4] = [
    (Kind::Server, "Servers"),
    (Kind::Composite, "Composites"),
    (Kind::Filter, "Filters"),
    (Kind::App, "Apps"),
];

pub(super) fn document(registry: &Registry, factories: &[&Factory]) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = write_document(registry, factories, &mut text);
    text
}

fn write_document(registry: &Registry, factories: &[&Factory], text: &mut String) -> Result {
    for (kind, title) in PARTS {
        let of_kind: Vec<&Factory> =
            factories.iter().copied().filter(|factory| factory.kind() == kind).collect();
        if of_kind.is_empty() {
            continue;
        }
        writeln!(text, "## {title}\n\n| name | what it does |\n|---|---|")?;
        for factory in &of_kind {
            let summary = factory.summary();
            let sentence = summary.split_inclusive(". ").next().unwrap_or_default().trim_end();
            writeln!(text, "| {} | {} |", link(factory), cell(sentence))?;
        }
        for factory in &of_kind {
            write_section(registry, factory, &of_kind, text)?;
        }
        writeln!(text)?;
    }
    Ok(())
}

fn write_section(
    registry: &Registry,
    factory: &Factory,
    others: &[&Factory],
    text: &mut String,
) -> Result {
    let reference = registry.reference(factory);
    writeln!(text, "\n### {} `{}`\n\n`use = {reference}`", title(factory.kind()), factory.name())?;
    if !factory.aliases().is_empty() {
        let aliases: Vec<_> = factory.aliases().iter().map(|alias| format!("`{alias}`")).collect();
        writeln!(text, "also answers to {}", aliases.join(", "))?;
    }
    if let Some(example) = whose_page(registry, factory, others) {
        return writeln!(text, "\nIts page is that of {}.", link(example));
    }
    writeln!(text, "\n{}", factory.docs().trim())?;
    let may: Vec<_> = factory.effects().iter().map(|effect| effect.as_str()).collect();
    if !may.is_empty() {
        writeln!(text, "\nIt may {}.", may.join(" and "))?;
    }
    if !factory.order().is_empty() {
        writeln!(text, "\nIn a pipeline `impasto check` wants it\n")?;
    }
    for order in factory.order() {
        writeln!(text, "- {order}")?;
    }
    let settings = factory.settings();
    let takes_any = factory.schema().get("additionalProperties").is_some_and(|it| it.is_object());
    if settings.is_empty() && !takes_any {
        return writeln!(text, "\nIt has no settings.");
    }
    writeln!(text, "\n| setting | type | default | meaning |\n|---|---|---|---|")?;
    for setting in settings {
        write_setting(setting, text)?;
    }
    if takes_any {
        writeln!(text, "| any other | text | | what the text above says of such options |")?;
    }
    Ok(())
}

fn write_setting(setting: &SettingFacts, text: &mut String) -> Result {
    let default = match &setting.default {
        _ if setting.required => "required".to_owned(),
        Some(default) if !default.is_empty() => format!("`{}`", cell(default)),
        _ => String::new(),
    };
    let mut meaning = cell(&setting.docs);
    if !setting.aliases.is_empty() {
        let aliases: Vec<_> = setting.aliases.iter().map(|name| format!("`{name}`")).collect();
        let _ = write!(meaning, " Also {}.", aliases.join(", "));
    }
    writeln!(text, "| `{}` | {} | {default} | {meaning} |", setting.name, cell(&setting.kind))
}

/// The factory whose page says all there is to say of this one: factories that share their settings share the
/// example, which uses one of them.
fn whose_page<'a>(
    registry: &Registry,
    factory: &Factory,
    others: &[&'a Factory],
) -> Option<&'a Factory> {
    let example = factory.example()?;
    let is_used = |factory: &Factory| {
        let line = format!("use = {}", registry.reference(factory));
        example.lines().any(|it| it == line)
    };
    if is_used(factory) {
        return None;
    }
    let docs = factory.docs();
    others.iter().copied().find(|other| is_used(other) && other.docs() == docs)
}

/// A link to the section of a factory, whose anchor GitHub makes from the heading.
fn link(factory: &Factory) -> String {
    let anchor = format!("{}-{}", factory.kind(), factory.name()).to_lowercase();
    format!("[`{}`](#{anchor})", factory.name())
}

fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::App => "App",
        Kind::Filter => "Filter",
        Kind::Composite => "Composite",
        Kind::Server => "Server",
    }
}

/// Text that fits into a cell of a table.
fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}
