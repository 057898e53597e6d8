use http::HeaderValue;
use impasto::{Filter, register};
use schemars::JsonSchema;
use serde::Deserialize;

/// Says in each answer which text of the file it comes from, and which process sent it.
///
/// ```ini
/// [filter:revision]
/// use = egg:impasto-tests#revision
/// number = 7
/// ```
#[derive(Deserialize, JsonSchema)]
struct Revision {
    /// The number of the text.
    number: u64,
}

register!("revision" => revision);

fn revision(settings: Revision) -> Filter {
    let number = HeaderValue::from(settings.number);
    let worker = HeaderValue::from(std::process::id());
    Filter::on_response(move |_, response| {
        response.headers_mut().insert("x-revision", number.clone());
        response.headers_mut().insert("x-worker", worker.clone());
    })
}
