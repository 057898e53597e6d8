//! What PasteDeploy does with defaults, and nobody expects.

use std::sync::Arc;

use super::frame::{Default, DefaultValue, Frame};
use super::frames::Frames;
use super::origin::Rule;
use crate::problem::{Code, Problem};

/// What is surprising in the files of a load, as whoever referred to them opened them.
pub(super) fn problems(frames: &Frames) -> Vec<Problem> {
    let of_frame = |frame: &Arc<Frame>| {
        let surprises = frame.defaults().filter_map(|default| surprise(frame, default));
        surprises.collect::<Vec<_>>()
    };
    frames.all().iter().flat_map(of_frame).collect()
}

fn surprise(frame: &Frame, default: &Default) -> Option<Problem> {
    let Default { name, value } = default;
    match value {
        DefaultValue::Given(value) => {
            let is_from_a_file = matches!(value.origin().rule(), Rule::Default | Rule::Set);
            let again = is_from_a_file && !value.is_secret() && value.text().contains('%');
            let file = frame.file.document.source().name();
            let message = format!("what `{name}` says is interpolated once more in {file}");
            again.then(|| {
                Problem::warning(Code::DoubleInterpolation, message)
                    .at(value.origin().value_place())
                    .key(&**name)
                    .help("it is a default there, and its `%` begins a reference; write `%%%%` for one that stays")
            })
        }
        DefaultValue::File(at) => {
            let entry = frame.file.document.defaults().entry_at(*at)?;
            let made = frame.made(name)?;
            let is_raw = entry.raw().contains('%') && made.text() == entry.raw();
            let message = format!("`{name}` is empty, and so reaches factories as it is written");
            is_raw.then(|| {
                Problem::warning(Code::RawDefault, message)
                    .at(entry.value_place())
                    .section("DEFAULT")
                    .key(&**name)
                    .help("PasteDeploy takes the text of a default that comes out empty")
            })
        }
    }
}
