//! A filter of one's own.
//!
//! The settings are a struct, the factory a function from it to a [`Filter`], and `register!` gives it
//! a name: any file can now say `use = egg:custom-filter#sunset`. A wrong setting is shown with its
//! file, line and column, and `impasto reference sunset` shows what is written here.
//!
//! ```sh
//! cd examples/custom-filter
//! cargo run -- serve
//! curl -i http://127.0.0.1:8080/
//! ```

use impasto::http::HeaderValue;
use impasto::http::header::LINK;
use impasto::{Filter, SettingError, register};
use schemars::JsonSchema;
use serde::Deserialize;

/// Tells clients when what they use will go away (RFC 8594).
///
/// ```ini
/// [filter:sunset]
/// use = egg:custom-filter#sunset
/// at = Sat, 31 Dec 2033 23:59:59 GMT
/// ```
#[derive(Deserialize, JsonSchema)]
struct Sunset {
    /// When it goes away, as an HTTP date.
    at: String,
    /// Where people can read about it.
    about: Option<String>,
}

fn sunset(settings: Sunset) -> anyhow::Result<Filter> {
    let at = httpdate::parse_http_date(&settings.at).map_err(|_| {
        SettingError::new("at", "is no HTTP date").help("as in `Sat, 31 Dec 2033 23:59:59 GMT`")
    })?;
    let at = HeaderValue::try_from(httpdate::fmt_http_date(at))?;
    let about = settings.about.map(|uri| HeaderValue::try_from(format!("<{uri}>; rel=\"sunset\"")));
    let about = about.transpose().map_err(|_| SettingError::new("about", "is no URI"))?;
    Ok(Filter::on_response(move |_, response| {
        response.headers_mut().insert("sunset", at.clone());
        if let Some(about) = &about {
            response.headers_mut().append(LINK, about.clone());
        }
    }))
}

register!("sunset" => sunset);
