//! Times in JSON, as people and other programs read them.

/// A duration as a number of seconds.
pub(super) mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(crate) fn serialize<S: Serializer>(time: &Duration, to: S) -> Result<S::Ok, S::Error> {
        // A clock that is read in nanoseconds is not known that well.
        to.serialize_f64(time.as_millis() as f64 / 1000.0)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        Duration::try_from_secs_f64(f64::deserialize(from)?).map_err(de::Error::custom)
    }
}

/// A point in time as in RFC 3339.
pub(super) mod rfc3339 {
    use std::borrow::Cow;
    use std::time::SystemTime;

    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(crate) fn serialize<S: Serializer>(time: &SystemTime, to: S) -> Result<S::Ok, S::Error> {
        // A clock that was never set may be before 1970, which cannot be written.
        to.collect_str(&humantime::format_rfc3339_millis(SystemTime::UNIX_EPOCH.max(*time)))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<SystemTime, D::Error> {
        let text = Cow::<'de, str>::deserialize(from)?;
        humantime::parse_rfc3339(&text).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use crate::launcher::control::{LastReload, Outcome, Verdict};

    #[test]
    fn times_are_seconds_and_rfc_3339() {
        let outcome = Outcome { verdict: Verdict::WrongConfiguration, text: "a.ini:3: no".into() };
        let when = SystemTime::UNIX_EPOCH + Duration::from_millis(1_700_000_000_250);
        let last = LastReload { when, outcome, took: Duration::from_micros(12_345) };
        let json = serde_json::to_string(&last).unwrap();
        let expected = r#"{"when":"2023-11-14T22:13:20.250Z","verdict":"wrong_configuration","#;
        assert_eq!(json, format!(r#"{expected}"text":"a.ini:3: no","took":0.012}}"#));
        let back: LastReload = serde_json::from_str(&json).unwrap();
        assert_eq!(back, LastReload { took: Duration::from_millis(12), ..last });
        assert!(serde_json::from_str::<LastReload>(&json.replace("0.012", "-1")).is_err());
    }
}
