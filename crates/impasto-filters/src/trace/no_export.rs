//! What stands in for the exporter in a program without OpenTelemetry.

use impasto::{Exchange, Response, SettingError};

use super::Trace;
use super::context::Context;

/// There is none.
#[derive(Clone)]
pub(super) enum Exporter {}

impl Exporter {
    pub(super) fn of(settings: &Trace) -> Result<Option<Exporter>, SettingError> {
        match settings.otlp_endpoint {
            None => Ok(None),
            Some(_) => {
                let message = "is of no use: this program is built without OpenTelemetry";
                let error = SettingError::new("otlp_endpoint", message);
                Err(error.help("build it with the feature `otel` of impasto-filters"))
            }
        }
    }

    pub(super) fn begin(&self, _: &Exchange, _: Context, _: Option<Context>) -> Option<Open> {
        match *self {}
    }
}

/// A span that there is not.
pub(super) enum Open {}

impl Open {
    pub(super) fn answered(self, _: &mut Response) {
        match self {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::settings;

    #[test]
    fn an_endpoint_needs_opentelemetry() {
        let settings = settings(&[("otlp_endpoint", "http://localhost:4318")]);
        let error = Exporter::of(&settings).err().unwrap().to_string();
        assert_eq!(
            error,
            "`otlp_endpoint` is of no use: this program is built without OpenTelemetry"
        );
    }
}
