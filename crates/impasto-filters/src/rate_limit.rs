mod bucket;
mod buckets;

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::ops::ControlFlow;
use std::time::Instant;

use http::header::RETRY_AFTER;
use http::{HeaderName, HeaderValue, StatusCode};
use impasto::settings::Duration;
use impasto::{Exchange, Filter, Hook, Response, SettingError, register};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{header_map, text};
use bucket::{Quota, Standing};
use buckets::Buckets;

/// Refuses clients that ask too often, with 429 (RFC 6585, 4).
///
/// Each client may make `burst` requests at once, and regains them evenly, `requests` in each `per` (the
/// generic cell rate algorithm, GCRA: no window at whose edge twice as many pass). The count is exact across
/// the threads of a worker, and each worker has its own: with four of them a client may make up to four
/// times as many. Whose request it is, `key` says. Memory is bounded: beyond `max_keys` those are forgotten
/// that are nearest to having everything back.
///
/// Every answer says what is left (`RateLimit` and `RateLimit-Policy`, as the IETF's draft has them), a
/// refusal also when to come again (`Retry-After`).
///
/// It belongs inside `proxy_headers`, so that clients have their own addresses, and outside of what is
/// costly, checking passwords above all.
///
/// ```ini
/// [filter:rate_limit]
/// use = egg:impasto#rate_limit
/// requests = 10000
/// per = 1m
/// key = header:X-Api-Key
/// ```
#[derive(Deserialize, JsonSchema)]
struct RateLimit {
    /// How many requests a client may make in each `per`; 1 or more.
    #[schemars(range(min = 1))]
    requests: u32,
    /// The time in which it may. 1s by default.
    #[serde(default = "a_second")]
    per: Duration,
    /// How many it may make at once; as many as `requests` by default.
    #[schemars(range(min = 1))]
    burst: Option<u32>,
    /// What tells one client from another: `address` (of IPv6 the first 64 bits), `header:NAME` (the
    /// address where a request has no such header), or `path`, for a limit of each path; `address` by default.
    #[serde(default = "address")]
    key: String,
    /// How many clients are remembered at most. 100000 by default, which is about 4 MiB.
    #[serde(default = "many")]
    #[schemars(range(min = 1))]
    max_keys: usize,
    /// Whether answers say what is left. `true` by default.
    #[serde(default = "yes")]
    headers: bool,
}

fn a_second() -> Duration {
    Duration::from_secs(1)
}

fn address() -> String {
    "address".to_owned()
}

fn many() -> usize {
    100_000
}

fn yes() -> bool {
    true
}

register!("rate_limit" => rate_limit,
    is "client-address",
    may answer,
    order [
        before "basic_auth": "passwords could be guessed without a limit";
    ],
);

// Not governor: what it remembers of clients has no bound that an attacker could not pass.
fn rate_limit(settings: RateLimit) -> anyhow::Result<Filter> {
    let key = match (settings.key.trim(), settings.key.trim().split_once(':')) {
        ("address", _) => Key::Address,
        ("path", _) => Key::Path,
        (_, Some(("header", name))) => Key::Header(header_map::named("key", name.trim())?),
        _ => {
            let error = SettingError::new("key", "must be `address`, `header:NAME` or `path`");
            return Err(error.into());
        }
    };
    let burst = settings.burst.unwrap_or(settings.requests);
    let quota = Quota::new(settings.requests, settings.per.get(), burst).ok_or_else(|| {
        SettingError::new("per", "must be longer than nothing, and at most a year")
    })?;
    let seconds = settings.per.get().as_secs().max(1);
    let policy = format!("\"default\";q={};w={seconds}", settings.requests);
    Ok(Filter::hook(Limiter {
        quota,
        key,
        buckets: Buckets::new(settings.max_keys),
        hasher: RandomState::new(),
        start: Instant::now(),
        policy: settings.headers.then(|| HeaderValue::try_from(policy)).transpose()?,
    }))
}

enum Key {
    Address,
    Header(HeaderName),
    Path,
}

struct Limiter {
    quota: Quota,
    key: Key,
    buckets: Buckets,
    /// A client cannot know which others have the hash that it has.
    hasher: RandomState,
    /// Times are nanoseconds since then.
    start: Instant,
    policy: Option<HeaderValue>,
}

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

impl Hook<Standing> for Limiter {
    fn on_request(&self, exchange: &mut Exchange) -> ControlFlow<Response, Standing> {
        let now = u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let standing = self.buckets.take(self.key_of(exchange), now, &self.quota);
        match standing.refused_for {
            None => ControlFlow::Continue(standing),
            Some(wait) => ControlFlow::Break(self.refuse(wait, standing)),
        }
    }

    fn on_response(&self, _: &mut Exchange, standing: Standing, response: &mut Response) {
        self.tell(standing, response);
    }
}

impl Limiter {
    fn key_of(&self, exchange: &Exchange) -> u64 {
        match &self.key {
            Key::Path => self.hasher.hash_one(exchange.uri().path()),
            Key::Header(name) => match exchange.headers().get(name) {
                Some(value) => self.hasher.hash_one(value.as_bytes()),
                None => self.hasher.hash_one(network(exchange)),
            },
            Key::Address => self.hasher.hash_one(network(exchange)),
        }
    }

    #[cold]
    fn refuse(&self, wait: u64, standing: Standing) -> Response {
        let words = "Too many requests. Try again later.\n";
        let mut answer = text::text(StatusCode::TOO_MANY_REQUESTS, words);
        answer.headers_mut().insert(RETRY_AFTER, seconds(wait).into());
        self.tell(standing, &mut answer);
        answer
    }

    fn tell(&self, standing: Standing, response: &mut Response) {
        let Some(policy) = &self.policy else { return };
        let headers = response.headers_mut();
        let left = format!("\"default\";r={};t={}", standing.left, seconds(standing.full_in));
        if let Ok(left) = HeaderValue::try_from(left)
            && header_map::add(headers, &RATE_LIMIT, &left)
        {
            header_map::add(headers, &RATE_LIMIT_POLICY, policy);
        }
    }
}

/// The network of the client, as a client of IPv6 may have 64 bits of addresses; nothing for a client at a
/// unix socket.
fn network(exchange: &Exchange) -> Option<u128> {
    exchange.connection().peer.map(|peer| match peer.ip().to_canonical() {
        IpAddr::V4(address) => address.to_bits().into(),
        IpAddr::V6(address) => address.to_bits() >> 64 << 64,
    })
}

/// Whole seconds, so that whoever waits for them has waited long enough.
fn seconds(nanos: u64) -> u64 {
    nanos.div_ceil(1_000_000_000)
}

#[cfg(test)]
mod tests;
