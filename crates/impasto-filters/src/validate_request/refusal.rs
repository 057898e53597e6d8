//! What is said to a request that does not have what is wanted.

use http::header::{ACCEPT, VARY};
use http::{HeaderValue, StatusCode};
use impasto::{Exchange, Response, SettingError};

use crate::{drain, text};

/// What is wrong with a request.
#[derive(Clone, Copy)]
pub(super) enum Refusal {
    Header,
    Accept,
    ContentType,
}

/// The answers, as far as the settings decide them.
pub(super) struct Refusals {
    sent: String,
    read: String,
    /// `read`, as the header that tells it.
    accept: HeaderValue,
}

impl Refusals {
    pub(super) fn of(sent: &[String], read: &[String]) -> Result<Refusals, SettingError> {
        let read = read.join(", ");
        let accept = HeaderValue::try_from(&*read)
            .map_err(|_| SettingError::new("content_type", "cannot be written in a header"))?;
        Ok(Refusals { sent: sent.join(", "), read, accept })
    }

    #[cold]
    pub(super) fn answer(&self, refusal: Refusal, exchange: &mut Exchange) -> Response {
        drain::refused(exchange);
        match refusal {
            // Which header, and what would be right, is for those who know.
            Refusal::Header => text::text(StatusCode::FORBIDDEN, "The request is not allowed.\n"),
            Refusal::Accept => {
                let words = format!("The answer could be sent as: {}\n", self.sent);
                let mut response = text::text(StatusCode::NOT_ACCEPTABLE, words);
                response.headers_mut().insert(VARY, HeaderValue::from_static("accept"));
                response
            }
            Refusal::ContentType => {
                let words = format!("The body may be: {}\n", self.read);
                let mut response = text::text(StatusCode::UNSUPPORTED_MEDIA_TYPE, words);
                // RFC 9110, 15.5.16.
                response.headers_mut().insert(ACCEPT, self.accept.clone());
                response
            }
        }
    }
}
