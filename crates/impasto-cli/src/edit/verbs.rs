//! The words after `impasto edit FILE`.

use clap::{Args, Subcommand};
use impasto_workbench::edit::{Beside, Command, Pipeline};

use crate::complete;

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Prints the value of an option as it is written, before interpolation.
    Get {
        /// The section, as between its brackets: `filter:cors`, `DEFAULT`.
        #[arg(add = complete::sections())]
        section: String,
        /// The option.
        #[arg(add = complete::keys())]
        key: String,
    },
    /// Gives an option a value.
    Set {
        /// The section, as between its brackets: `filter:cors`, `DEFAULT`.
        #[arg(add = complete::sections())]
        section: String,
        /// The option; a new one comes behind the others.
        #[arg(add = complete::settings())]
        key: String,
        /// The value, before interpolation; it may have several lines.
        #[arg(allow_hyphen_values = true, add = complete::values())]
        value: String,
        /// Begins the section where there is none.
        #[arg(long)]
        create: bool,
    },
    /// Takes an option out.
    Unset {
        /// The section, as between its brackets: `filter:cors`, `DEFAULT`.
        #[arg(add = complete::sections())]
        section: String,
        /// The option.
        #[arg(add = complete::keys())]
        key: String,
    },
    /// Puts a filter into a pipeline: right around the app, where no place is said.
    Add {
        #[command(flatten)]
        filter: OfPipeline,
        #[command(flatten)]
        at: Place,
    },
    /// Takes a filter out of a pipeline.
    Remove {
        #[command(flatten)]
        filter: OfPipeline,
    },
    /// Gives a filter of a pipeline another place.
    Move {
        #[command(flatten)]
        filter: OfPipeline,
        #[command(flatten)]
        at: Needed,
    },
    /// Gives a section another name, wherever the file says it.
    Rename {
        /// The section, as between its brackets: `filter:cors`.
        #[arg(add = complete::sections())]
        section: String,
        /// The new name, with or without the kind before it.
        new: String,
    },
}

#[derive(Args, Debug)]
pub(super) struct OfPipeline {
    /// The name of the pipeline, or of a composite whose options are pipelines.
    #[arg(add = complete::pipelines())]
    pipeline: String,
    /// The name of the filter.
    #[arg(add = complete::filters())]
    filter: String,
    /// Which option of the composite; `keystone` or the only one, where none is said.
    #[arg(long, value_name = "OPTION", add = complete::choices())]
    choice: Option<String>,
}

#[derive(Args, Debug)]
#[group(multiple = false)]
pub(super) struct Place {
    /// Right outside of this filter, or of the app.
    #[arg(long, value_name = "FILTER", add = complete::filters_and_app())]
    before: Option<String>,
    /// Right inside of this filter.
    #[arg(long, value_name = "FILTER", add = complete::filters_beside())]
    after: Option<String>,
}

#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
pub(super) struct Needed {
    /// Right outside of this filter, or of the app.
    #[arg(long, value_name = "FILTER", add = complete::filters_and_app())]
    before: Option<String>,
    /// Right inside of this filter.
    #[arg(long, value_name = "FILTER", add = complete::filters_beside())]
    after: Option<String>,
}

impl Verb {
    /// What it changes; of `get`, the section and the option.
    pub(super) fn command(&self) -> Result<Command, (String, String)> {
        Ok(match self {
            Verb::Get { section, key } => return Err((section.clone(), key.clone())),
            Verb::Set { section, key, value, create } => Command::Set {
                section: section.clone(),
                key: key.clone(),
                value: value.clone(),
                create: *create,
            },
            Verb::Unset { section, key } => {
                Command::Unset { section: section.clone(), key: key.clone() }
            }
            Verb::Add { filter, at: Place { before, after } } => {
                let (pipeline, filter) = filter.both();
                Command::Add { pipeline, filter, at: beside(before, after) }
            }
            Verb::Remove { filter } => {
                let (pipeline, filter) = filter.both();
                Command::Remove { pipeline, filter }
            }
            Verb::Move { filter, at: Needed { before, after } } => {
                let (pipeline, filter) = filter.both();
                let at = beside(before, after).unwrap_or_else(|| unreachable!("clap asks for one"));
                Command::Move { pipeline, filter, at }
            }
            Verb::Rename { section, new } => {
                Command::Rename { section: section.clone(), to: new.clone() }
            }
        })
    }
}

impl OfPipeline {
    fn both(&self) -> (Pipeline, String) {
        let pipeline = Pipeline { name: self.pipeline.clone(), choice: self.choice.clone() };
        (pipeline, self.filter.clone())
    }
}

fn beside(before: &Option<String>, after: &Option<String>) -> Option<Beside> {
    let before = before.clone().map(Beside::Before);
    before.or_else(|| after.clone().map(Beside::After))
}
