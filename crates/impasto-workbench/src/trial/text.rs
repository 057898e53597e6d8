//! An outcome as people read it.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use super::{Ending, Outcome, Passage};
use crate::shown::{OneLine, line};

/// The answer as it would be sent, and then a line for each layer.
impl Display for Outcome {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "HTTP/1.1 {}", self.status)?;
        for (name, value) in &self.headers {
            let value = String::from_utf8_lossy(value.as_bytes());
            writeln!(f, "{name}: {}", OneLine(&value))?;
        }
        writeln!(f)?;
        match std::str::from_utf8(&self.body) {
            Ok("") => {}
            Ok(text) if text.chars().all(is_shown) => {
                let end = if text.ends_with('\n') { "" } else { "\n" };
                writeln!(f, "{text}{end}")?;
            }
            _ => writeln!(f, "({} bytes that are no text)\n", self.body.len())?,
        }
        if !self.is_whole {
            writeln!(f, "(more follows)\n")?;
        }
        let names = self.passages.iter().map(|it| it.layer.name().chars().count());
        let width = names.max().unwrap_or(0).min(48);
        self.passages.iter().try_for_each(|passage| told(passage, width, f))
    }
}

/// `cors  12.3 µs  api-paste.ini:12`
fn told(passage: &Passage, width: usize, f: &mut Formatter<'_>) -> fmt::Result {
    let Passage { layer, own, ending, request, response, .. } = passage;
    let place = layer.place().as_ref().map(line).unwrap_or_default();
    let ending = match ending {
        Ending::Passed => String::new(),
        Ending::Answered(status, None) => format!("  answered {}", status.as_u16()),
        Ending::Answered(status, Some(why)) => {
            format!("  answered {}: {}", status.as_u16(), OneLine(why))
        }
        Ending::Abandoned => "  given up".to_owned(),
    };
    writeln!(f, "{:width$}  {:>9}  {place}{ending}", layer.name(), time(*own))?;
    for (what, changes) in [("request", request), ("response", response)] {
        for change in changes {
            writeln!(f, "    {what:8}  {}", OneLine(change))?;
        }
    }
    Ok(())
}

/// `12.3 µs`
fn time(time: Duration) -> String {
    let nanoseconds = time.as_nanos() as f64;
    match nanoseconds {
        ..1e6 => format!("{:.1} µs", nanoseconds / 1e3),
        ..1e9 => format!("{:.1} ms", nanoseconds / 1e6),
        _ => format!("{:.1} s", nanoseconds / 1e9),
    }
}

fn is_shown(c: char) -> bool {
    !c.is_control() || matches!(c, '\n' | '\r' | '\t')
}
