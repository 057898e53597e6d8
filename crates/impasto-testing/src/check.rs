use std::fmt;

/// A rule that filters keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Check {
    /// The data of a request's body reach the app piece by piece, each before the next one is sent, and the
    /// trailers behind them.
    RequestStreams,
    /// The data of a response's body reach the client piece by piece, each before the next one is there, and
    /// the trailers behind them.
    ResponseStreams,
    /// The answers to `HEAD`, and those with 101, 204 and 304, stay as the app gave them: without a body,
    /// with the `Content-Length` of the body that there would be (RFC 9110, 8.6), with the headers of a
    /// switch of protocols (7.8), and with their extensions.
    Bodiless,
    /// A request that is given up while the app works on it, and a response that is dropped halfway, take
    /// everything along that belongs to them, as often as that happens.
    Cancellation,
    /// The panic of an app is a 500 outside of the filter, which goes on to work.
    Panics,
    /// A thousand requests at once on several threads get each its own answer.
    Crowd,
    /// The error that ends a request's body reaches the app, the error that ends a response's the client.
    Errors,
    /// A request and a response with which the filter has nothing to do cost no allocation; see
    /// [`Conformance::allocates`](crate::Conformance::allocates).
    #[cfg(feature = "allocations")]
    Allocations,
}

impl Check {
    /// All of them.
    pub const ALL: &[Check] = &[
        Check::RequestStreams,
        Check::ResponseStreams,
        Check::Bodiless,
        Check::Cancellation,
        Check::Panics,
        Check::Crowd,
        Check::Errors,
        #[cfg(feature = "allocations")]
        Check::Allocations,
    ];
}

/// Its name.
impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
