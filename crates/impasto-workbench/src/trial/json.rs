//! An outcome as JSON.

use serde_json::{Value, json};

use super::{Ending, Outcome, Passage};
use crate::shown::line;

impl Outcome {
    /// An object: `status`, `headers` (pairs), `body` (text; what is none is replaced), `answered_by` (a name)
    /// and `layers`. A layer has `name`, `kind`, `factory`, `section`, `place`, `depth`, `took_us` and `own_us`
    /// (microseconds, with and without what is further in), `ending` (`passed`, `answered` or `abandoned`),
    /// `status` and `failure` of what it answered by itself, and what it changed: `request` and `response`.
    pub fn to_json(&self) -> Value {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let headers =
            self.headers.iter().map(|(name, value)| json!([name.as_str(), text(value.as_bytes())]));
        json!({
            "status": self.status.as_u16(),
            "headers": headers.collect::<Vec<_>>(),
            "body": text(&self.body),
            "answered_by": self.answered_by().map(|passage| passage.layer.name()),
            "layers": self.passages.iter().map(layer).collect::<Vec<_>>(),
        })
    }
}

fn layer(passage: &Passage) -> Value {
    let Passage { layer, depth, took, own, ending, request, response } = passage;
    let (ending, status, failure) = match ending {
        Ending::Passed => ("passed", None, None),
        Ending::Answered(status, failure) => ("answered", Some(status.as_u16()), failure.as_ref()),
        Ending::Abandoned => ("abandoned", None, None),
    };
    json!({
        "name": layer.name(),
        "kind": layer.kind(),
        "factory": layer.reference(),
        "section": layer.section(),
        "place": layer.place().as_ref().map(line),
        "depth": depth,
        "took_us": took.as_micros() as u64,
        "own_us": own.as_micros() as u64,
        "ending": ending,
        "status": status,
        "failure": failure,
        "request": request,
        "response": response,
    })
}
