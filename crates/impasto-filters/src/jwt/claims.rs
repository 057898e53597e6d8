//! Claims, as the app is told them.

use std::collections::BTreeMap;

use http::{HeaderMap, HeaderName, HeaderValue};
use impasto::SettingError;
use serde_json::{Map, Value};

use super::Refusal;
use crate::header_map;
use crate::user::User;

/// Which headers have which claims.
pub(super) struct Identity {
    names: Vec<HeaderName>,
    /// For each name the way to the claim.
    paths: Vec<Vec<String>>,
}

impl Identity {
    pub(super) fn of(headers: &BTreeMap<String, String>) -> Result<Identity, SettingError> {
        let mut identity = Identity { names: Vec::new(), paths: Vec::new() };
        for (name, claim) in headers {
            let key = format!("header.{name}");
            identity.names.push(header_map::named(&key, name)?);
            let path: Vec<_> = claim.trim().split('.').map(str::to_owned).collect();
            if path.iter().any(String::is_empty) {
                return Err(SettingError::new(
                    key,
                    format!("{claim:?} is not the name of a claim"),
                ));
            }
            identity.paths.push(path);
        }
        Ok(identity)
    }

    /// Removes what a client says of itself.
    pub(super) fn strip(&self, headers: &mut HeaderMap) {
        header_map::strip(headers, &self.names);
    }

    /// Writes the claims that there are into headers.
    pub(super) fn tell(
        &self,
        claims: &Map<String, Value>,
        headers: &mut HeaderMap,
    ) -> Result<(), Refusal> {
        for (name, path) in self.names.iter().zip(&self.paths) {
            if let Some(claim) = at(claims, path) {
                let text = shown(claim).ok_or(Refusal::Claims)?;
                let value = HeaderValue::try_from(text).map_err(|_| Refusal::Claims)?;
                headers.insert(name, value);
            }
        }
        Ok(())
    }
}

/// The claim at the end of a path. A name with dots of its own, such as an address, goes before a path.
fn at<'a>(claims: &'a Map<String, Value>, path: &[String]) -> Option<&'a Value> {
    let inside = || {
        let (first, rest) = path.split_first()?;
        rest.iter().try_fold(claims.get(first)?, |claim, name| claim.get(name))
    };
    claims.get(&path.join(".")).or_else(inside).filter(|claim| !claim.is_null())
}

/// A claim as text: itself, or the items of a list with commas between. `None` where that would say something
/// else.
fn shown(claim: &Value) -> Option<String> {
    match claim {
        Value::Array(items) => {
            let texts: Option<Vec<_>> = items.iter().map(plain).collect();
            texts.filter(|it| it.iter().all(|text| !text.contains(','))).map(|it| it.join(","))
        }
        claim => plain(claim),
    }
}

fn plain(claim: &Value) -> Option<String> {
    match claim {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(is) => Some(is.to_string()),
        _ => None,
    }
}

/// The subject, as filters outside are told it.
pub(super) fn user(claims: &Map<String, Value>) -> Option<User> {
    let subject = claims.get("sub")?.as_str()?;
    HeaderValue::try_from(subject).ok().map(User)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(header: &str, claim: &str, claims: Value) -> Result<Option<String>, Refusal> {
        let headers = BTreeMap::from([(header.to_owned(), claim.to_owned())]);
        let mut told = HeaderMap::new();
        let Value::Object(claims) = claims else { panic!("no object") };
        Identity::of(&headers).unwrap().tell(&claims, &mut told)?;
        Ok(told.get("x").map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()))
    }

    #[test]
    fn claims_are_found_and_written() {
        for (claim, claims, text) in [
            ("sub", json!({"sub": "ann"}), Some("ann")),
            ("sub", json!({"sub": "Zoë"}), Some("Zoë")),
            ("n", json!({"n": 42}), Some("42")),
            ("a.b", json!({"a": {"b": true}}), Some("true")),
            ("a.b", json!({"a.b": "whole", "a": {"b": "part"}}), Some("whole")),
            ("a", json!({"a": ["x", 1]}), Some("x,1")),
            ("a", json!({"a": []}), Some("")),
            ("a", json!({"a": null}), None),
            ("a.b", json!({"a": "b"}), None),
            ("a", json!({}), None),
        ] {
            let told = told("X", claim, claims.clone());
            assert_eq!(told, Ok(text.map(str::to_owned)), "{claims}");
        }
    }

    #[test]
    fn a_claim_that_would_say_something_else_is_refused() {
        for claims in [
            json!({"a": ["x,admin"]}),
            json!({"a": {"b": 1}}),
            json!({"a": [["x"]]}),
            json!({"a": "x\r\nX-Role: admin"}),
        ] {
            assert!(told("X", "a", claims.clone()).is_err(), "{claims}");
        }
    }
}
