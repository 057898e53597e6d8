//! How large a request may be.

use http::{Request, Version};
use http_body::Body;

use crate::gate::Refusal;
use crate::terms::Terms;

/// Why `request` is refused, if it is. (hyper looks at the size of heads, and for HTTP/1 at the number
/// of headers.)
pub(crate) fn refuse<B: Body>(request: &Request<B>, terms: &Terms) -> Option<Refusal> {
    let uri = request.uri();
    let target = uri.path_and_query().map_or(0, |target| target.as_str().len());
    let authority = uri.authority().map_or(0, |authority| authority.as_str().len());
    if target + authority > terms.max_url {
        return Some(Refusal::URL_TOO_LONG);
    }
    if request.version() == Version::HTTP_2 && request.headers().len() > terms.max_headers {
        return Some(Refusal::TOO_MANY_HEADERS);
    }
    if request.body().size_hint().lower() > terms.max_body {
        return Some(Refusal::TOO_LARGE);
    }
    None
}
