//! Which requests may be struck.

use http::{HeaderName, Method};
use impasto::{Exchange, SettingError};

use super::FaultInjection;
use crate::header_map;
use crate::paths::Paths;

pub(super) struct Target {
    paths: Paths,
    methods: Vec<Method>,
    /// Headers with their values; `None` for any value.
    headers: Vec<(HeaderName, Option<String>)>,
}

impl Target {
    pub(super) fn of(settings: &FaultInjection) -> Result<Target, SettingError> {
        let method = |text: &String| {
            let error = || SettingError::new("methods", format!("{text:?} is not a method"));
            text.parse().map_err(|_| error())
        };
        let header = |(name, value): (&String, &String)| {
            let name = header_map::named(&format!("header.{name}"), name)?;
            let value = Some(value.trim()).filter(|value| *value != "*");
            Ok((name, value.map(str::to_owned)))
        };
        Ok(Target {
            paths: Paths::of("paths", &settings.paths)?,
            methods: settings.methods.iter().map(method).collect::<Result<_, _>>()?,
            headers: settings.header.iter().map(header).collect::<Result<_, _>>()?,
        })
    }

    /// Whether the request may be struck.
    pub(super) fn has(&self, exchange: &Exchange) -> bool {
        let headers = exchange.headers();
        (self.methods.is_empty() || self.methods.contains(exchange.method()))
            && (self.paths.are_none() || self.paths.have(exchange))
            && self.headers.iter().all(|(name, wanted)| {
                let mut values = headers.get_all(name).iter();
                values.any(|value| wanted.as_ref().is_none_or(|wanted| value == wanted.as_str()))
            })
    }
}
