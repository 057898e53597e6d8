//! A factory on a terminal.

use std::fmt::Write;

use impasto::{Factory, Registry};

/// A factory as people read of it.
pub(super) fn page(factory: &Factory) -> String {
    let mut page = String::new();
    // Writing to a string does not fail.
    let _ = write_page(factory, &mut page);
    page
}

fn write_page(factory: &Factory, page: &mut String) -> std::fmt::Result {
    let reference = Registry::linked().reference(factory);
    writeln!(page, "{reference}: {} of {}", factory.kind(), factory.package())?;
    for alias in factory.aliases() {
        writeln!(page, "stands in for {alias}")?;
    }
    let docs = factory.docs();
    if !docs.is_empty() {
        writeln!(page, "\n{}", docs.trim_end())?;
    }
    let may: Vec<_> = factory.effects().iter().map(|effect| effect.as_str()).collect();
    if !may.is_empty() {
        writeln!(page, "\nIt may {}.", may.join(" and "))?;
    }
    if !factory.order().is_empty() {
        writeln!(page, "\nIn a pipeline:\n")?;
    }
    for order in factory.order() {
        writeln!(page, "  {order}")?;
    }
    let settings = factory.settings();
    if !settings.is_empty() {
        writeln!(page, "\nSettings:")?;
    }
    for setting in settings {
        write!(page, "\n  {}: {}", setting.name, setting.kind)?;
        match &setting.default {
            _ if setting.required => writeln!(page, ", required")?,
            Some(default) if !default.is_empty() => writeln!(page, ", default `{default}`")?,
            _ => writeln!(page)?,
        }
        if !setting.aliases.is_empty() {
            writeln!(page, "      also {}", setting.aliases.join(", "))?;
        }
        for line in setting.docs.lines() {
            writeln!(page, "      {}", line.trim_end())?;
        }
    }
    Ok(())
}
