mod openstack;
mod sender;

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

use impasto::{Exchange, Filter, Hook, Response, SettingError, register};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::metrics::method;
use crate::text::is_word;
use sender::Sender;

/// Sends counts and times of requests to a statsd server, over UDP.
///
/// For each answer a timer in milliseconds, until the answer began: `PREFIX.request.GET.200`, which statsd
/// counts too. A request that was abandoned (its client went away, or something further out gave up first) is
/// counted as `PREFIX.abandoned.GET`. With `tags`, as DogStatsD, Telegraf and others read them, the names are
/// `PREFIX.request` and `PREFIX.abandoned`, and the rest are the tags `method` and `status`. Methods that HTTP
/// does not know are `other`, so no client can make up names.
///
/// No request waits for it. What is to be sent is gathered in datagrams of up to 1432 bytes, which go out when
/// they are full and every 100 milliseconds. A server that is not there costs nothing but what it would have
/// been told.
///
/// It belongs outside of everything that should be counted, as `metrics`.
///
/// ```ini
/// [filter:stats]
/// use = egg:impasto#stats
/// host = 127.0.0.1:8125
/// prefix = compute
/// tags = env:production,region:eu
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(default)]
struct Stats {
    /// The server: `HOST` or `HOST:PORT`; the port is 8125 by default. Its name is looked up when the
    /// configuration is loaded.
    host: String,
    /// What all names begin with: letters, digits, `.`, `-` and `_`.
    prefix: String,
    /// Tags of all that is sent, as `NAME:VALUE`. Where there are any, and with `dogstatsd`, what is known
    /// of a request is sent as tags too. None by default.
    tags: Vec<String>,
    /// Whether to send tags, also where none are given here. `false` by default.
    dogstatsd: bool,
}

impl Default for Stats {
    fn default() -> Stats {
        Stats {
            host: "127.0.0.1".to_owned(),
            prefix: "impasto".to_owned(),
            tags: Vec::new(),
            dogstatsd: false,
        }
    }
}

register!("stats" => stats,
    order [
        before "authentication", "client-address", "timeout", "concurrency_limit": "what the other one answers would not be counted";
    ],
);

fn stats(settings: Stats) -> anyhow::Result<Filter> {
    let server = server("host", &settings.host)?;
    if !is_word(settings.prefix.as_bytes()) {
        let message = "must be of letters, digits, `.`, `-` and `_`";
        return Err(SettingError::new("prefix", message).into());
    }
    if let Some(tag) = settings.tags.iter().find(|tag| !is_tag(tag)) {
        let error = SettingError::new("tags", format!("{tag:?} is no tag like `env:production`"));
        return Err(error.into());
    }
    let has_tags = settings.dogstatsd || !settings.tags.is_empty();
    let tags = settings.tags.iter().fold(String::new(), |tags, tag| tags + "," + tag);
    let sender = Sender::to(server)
        .map_err(|error| SettingError::new("host", format!("cannot be sent to: {error}")))?;
    let names = Names { prefix: settings.prefix, tags: Some(tags).filter(|_| has_tags) };
    Ok(Filter::hook(Timer(Arc::new(Told { sender, names }))))
}

/// The address of a statsd server, given as the setting `key`.
fn server(key: &str, text: &str) -> Result<SocketAddr, SettingError> {
    use std::net::ToSocketAddrs;
    let text = text.trim();
    let found = match text.rsplit_once(':') {
        // What has more colons is an IPv6 address, which has a port only behind brackets.
        Some((host, _)) if !host.contains(':') || host.ends_with(']') => text.to_socket_addrs(),
        _ => (text.trim_matches(['[', ']']), PORT).to_socket_addrs(),
    };
    let error = |why: String| {
        let error = SettingError::new(key, format!("{text:?} is no server: {why}"));
        error.help("write `HOST` or `HOST:PORT`")
    };
    let mut found = found.map_err(|why| error(why.to_string()))?;
    found.next().ok_or_else(|| error("it has no address".to_owned()))
}

/// statsd's own.
const PORT: u16 = 8125;

/// Whether this is a name, and perhaps a value behind a `:`, that does not end a tag.
fn is_tag(text: &str) -> bool {
    let is_allowed = |c: char| !c.is_whitespace() && !c.is_control() && !"|,#@".contains(c);
    text.starts_with(char::is_alphabetic) && text.chars().all(is_allowed)
}

struct Timer(Arc<Told>);

/// Whom to tell, and how.
struct Told {
    sender: Sender,
    names: Names,
}

struct Names {
    prefix: String,
    /// Each with a comma in front; `None` without tags.
    tags: Option<String>,
}

/// A request under way. It is dropped in any case, also without an answer.
struct UnderWay {
    told: Arc<Told>,
    method: &'static str,
    start: Instant,
    is_answered: bool,
}

impl Hook<UnderWay> for Timer {
    fn on_request(&self, exchange: &mut Exchange) -> ControlFlow<Response, UnderWay> {
        ControlFlow::Continue(UnderWay {
            told: self.0.clone(),
            method: method(exchange.method()),
            start: Instant::now(),
            is_answered: false,
        })
    }

    fn on_response(&self, _: &mut Exchange, mut request: UnderWay, response: &mut Response) {
        request.is_answered = true;
        let Told { sender, names } = &*self.0;
        let (method, status) = (request.method, response.status().as_u16());
        let millis = request.start.elapsed().as_secs_f64() * 1000.0;
        sender.send(|line| match &names.tags {
            None => write!(line, "{}.request.{method}.{status}:{millis:.3}|ms", names.prefix),
            Some(tags) => {
                let prefix = &names.prefix;
                write!(
                    line,
                    "{prefix}.request:{millis:.3}|ms|#method:{method},status:{status}{tags}"
                )
            }
        });
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if self.is_answered {
            return;
        }
        let Told { sender, names } = &*self.told;
        let (prefix, method) = (&names.prefix, self.method);
        sender.send(|line| match &names.tags {
            None => write!(line, "{prefix}.abandoned.{method}:1|c"),
            Some(tags) => write!(line, "{prefix}.abandoned:1|c|#method:{method}{tags}"),
        });
    }
}

#[cfg(test)]
mod tests;
