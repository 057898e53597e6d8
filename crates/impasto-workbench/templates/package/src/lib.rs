//! Filters that a file names as `egg:@NAME@#...`.

use impasto::http::HeaderValue;
use impasto::{Filter, SettingError, register};
use schemars::JsonSchema;
use serde::Deserialize;

/// Says in every answer which version of the API it is of.
///
/// ```ini
/// [filter:api_version]
/// use = egg:@NAME@#api_version
/// version = 1.0
/// ```
#[derive(Deserialize, JsonSchema)]
struct ApiVersion {
    /// The value of the header `API-Version`.
    version: String,
}

/// Runs when a file is loaded; the closure runs for each answer.
fn api_version(settings: ApiVersion) -> anyhow::Result<Filter> {
    let version = HeaderValue::try_from(settings.version)
        .map_err(|_| SettingError::new("version", "cannot be the value of a header"))?;
    Ok(Filter::on_response(move |_, response| {
        let headers = response.headers_mut();
        headers.insert("api-version", version.clone());
    }))
}

register!(
    "api_version" => api_version,
    order [
        before "catch_errors": "the answer to a fault would not have the version";
    ],
);

#[cfg(test)]
mod tests {
    use super::*;
    use impasto_testing::Conformance;

    fn of(version: &str) -> anyhow::Result<Filter> {
        let version = version.to_owned();
        api_version(ApiVersion { version })
    }

    #[test]
    fn it_keeps_the_rules_that_other_filters_rely_on() {
        Conformance::of(of("1.0").unwrap())
            .allocates(1, "every answer has one header more")
            .assert();
    }

    #[test]
    fn a_version_that_no_header_can_have_is_an_error() {
        assert!(of("1.0\n").is_err());
    }
}
