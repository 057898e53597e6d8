//! Three files: what upstream changed, what the operator changed, and both brought together.

use std::fs;
use std::io;
use std::path::Path;

use impasto::{Changes, Loader};
use impasto_workbench::edit::new_errors;
use impasto_workbench::{Collision, Merged, Side, Text, merge, replace};
use serde_json::{Value, json};

use super::{Diff, Prefer, exit};
use crate::exit::Exit;
use crate::output::{complain, complain_of, print, print_json, print_text};

impl Diff {
    pub(super) fn three(&self, old: &Loader, new: &Loader, mine: &Loader) -> io::Result<Exit> {
        let [old_text, new_text, mine_text] = [old, new, mine].map(text);
        let prefer = self.prefer.map(|prefer| match prefer {
            Prefer::New => Side::New,
            Prefer::Mine => Side::Mine,
        });
        let merged = merge(&old_text, &new_text, &mine_text, prefer);
        if self.merge {
            return self.write(&merged, [&new_text, &mine_text]);
        }
        let (upstream, mine) = (new.changes_since(old), mine.changes_since(old));
        let collisions = &merged.collisions;
        if self.format.is_json() {
            print_json(&json!({
                "same": upstream.is_empty() && mine.is_empty(),
                "upstream": upstream.to_json(),
                "mine": mine.to_json(),
                "collisions": json_of(collisions),
            }))?;
        } else {
            self.show(&upstream, &mine, collisions)?;
        }
        Ok(if mine.is_empty() { exit(&upstream) } else { Exit::Cut })
    }

    fn show(&self, upstream: &Changes, mine: &Changes, collisions: &[Collision]) -> io::Result<()> {
        let or_nothing = |changes: &Changes| match changes.is_empty() {
            true => "  nothing".to_owned(),
            false => changes.to_string(),
        };
        print(format_args!("upstream changed:\n{}\n", or_nothing(upstream)))?;
        print(format_args!("you changed:\n{}\n", or_nothing(mine)))?;
        let collisions: Vec<String> = collisions.iter().map(ToString::to_string).collect();
        match collisions.is_empty() {
            true => print("nothing collides"),
            false => print(format_args!("what collides:\n{}", collisions.join("\n"))),
        }
    }

    /// Writes the merged file where that was asked for.
    fn write(&self, merged: &Merged, [new, mine]: [&Text; 2]) -> io::Result<Exit> {
        let Merged { text, collisions } = merged;
        let is_decided = collisions.is_empty() || self.prefer.is_some();
        for collision in collisions.iter().filter(|_| !self.format.is_json()) {
            complain(format_args!("collision: {}", collision.to_string().trim_start()))?;
        }
        // Factories may ask for the runtime they will serve on.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let _entered = runtime.enter();
        // It stands beside the operator's file, and what it includes is found from there.
        let name = self.output.as_deref().and_then(Path::file_name).unwrap_or("merged".as_ref());
        let path = self.mine.as_deref().unwrap_or(&self.new).with_file_name(name);
        let errors = match is_decided {
            true => new_errors(&path, text, &[new, mine]),
            false => Default::default(),
        };
        if errors.has_errors() && !self.format.is_json() {
            complain("error: nothing was written, for the merged file would have these errors:\n")?;
            complain_of(&errors)?;
        }
        let is_written = is_decided && !errors.has_errors();
        if is_written
            && let Some(output) = &self.output
            && let Err(error) = put(output, text.as_str())
        {
            let why = format_args!("cannot write {}: {error}", output.display());
            self.format.refuse(why, None)?;
            return Ok(Exit::Cut);
        }
        if self.format.is_json() {
            let text = is_written.then(|| text.as_str());
            let mut answer = json!({ "collisions": json_of(collisions), "merged": text });
            if errors.has_errors() {
                answer["problems"] = errors.to_json();
            }
            print_json(&answer)?;
        } else if is_written && self.output.is_none() {
            print_text(text.as_str())?;
        }
        Ok(match (is_decided, is_written) {
            (true, true) => Exit::Fine,
            (true, false) => Exit::Configuration,
            (false, _) => Exit::Cut,
        })
    }
}

fn json_of(collisions: &[Collision]) -> Value {
    collisions.iter().map(Collision::to_json).collect()
}

fn text(loader: &Loader) -> Text {
    let document = loader.document().expect("a loader that was opened has a file");
    Text::new(document.source().clone())
}

/// Writes a file that may be there already.
fn put(path: &Path, text: &str) -> io::Result<()> {
    match path.exists() {
        true => replace(path, text),
        false => fs::write(path, text),
    }
}
