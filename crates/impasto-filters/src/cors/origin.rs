//! Whose pages may use a service.

use http::HeaderValue;
use impasto::SettingError;

use crate::header_map;
use crate::origin::origin;

/// The origins that are allowed.
pub(super) enum Origins {
    /// Any, by the one value that says so.
    Any(HeaderValue),
    /// These.
    These(Vec<HeaderValue>),
}

/// None is.
impl Default for Origins {
    fn default() -> Origins {
        Origins::These(Vec::new())
    }
}

impl Origins {
    pub(super) fn new(allowed: &[String]) -> Result<Origins, SettingError> {
        match allowed {
            [only] if only == "*" => Ok(Origins::Any(HeaderValue::from_static("*"))),
            list => {
                let origins = list
                    .iter()
                    .map(|text| Ok(header_map::to_copy(&origin("allow_origins", text)?)));
                origins.collect::<Result<_, _>>().map(Origins::These)
            }
        }
    }

    /// The position of `origin` among the allowed ones.
    pub(super) fn position(&self, origin: &HeaderValue) -> Option<usize> {
        match self {
            Origins::Any(_) => Some(0),
            Origins::These(list) => list.iter().position(|allowed| allowed == origin),
        }
    }

    /// How a response allows the origin at `position`.
    pub(super) fn value(&self, position: usize) -> Option<&HeaderValue> {
        match self {
            Origins::Any(any) => Some(any),
            Origins::These(list) => list.get(position),
        }
    }

    /// Whether the answer depends on who asks.
    pub(super) fn differ(&self) -> bool {
        matches!(self, Origins::These(list) if !list.is_empty())
    }
}
