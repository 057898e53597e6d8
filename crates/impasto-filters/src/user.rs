//! Who asks, for whatever stands outside of the filter that found it out.

use http::HeaderValue;

/// The name of a request's user, as `basic_auth` leaves it in the extensions of the response.
///
/// A filter that knows users in another way puts it there too, and `access_log` has the name in its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User(pub HeaderValue);
