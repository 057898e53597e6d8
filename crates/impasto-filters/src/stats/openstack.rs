use std::ops::ControlFlow;
use std::time::Instant;

use impasto::{Exchange, Filter, Hook, Response, SettingError, register};
use schemars::JsonSchema;
use serde::Deserialize;

use super::sender::Sender;
use super::server;
use crate::metrics::method;

/// Sends the times of requests to a statsd server, under names as oslo.middleware makes them.
///
/// The name is `NAME.METHOD.PATH` with dots for slashes: `nova.GET.v21.servers.detail`. For files of Python
/// services; a new one should have `stats`, whose names clients cannot make up. Unlike the original,
/// `remove_uuid` takes away every UUID and not only the last one before an `a`, `false` turns it off, and a
/// character that means something to statsd becomes `_`.
///
/// It belongs outside of everything that should be counted.
///
/// ```ini
/// [filter:stats]
/// use = egg:impasto#openstack_stats
/// name = nova
/// stats_host = 127.0.0.1
/// remove_uuid = true
/// ```
#[derive(Deserialize, JsonSchema)]
struct OpenstackStats {
    /// What all names begin with.
    name: String,
    /// The server: `HOST`, at statsd's port 8125, or `HOST:PORT`.
    stats_host: String,
    /// Whether UUIDs are left out of names. `false` by default.
    #[serde(default)]
    remove_uuid: bool,
    /// Whether UUIDs without dashes are left out of names. `false` by default.
    #[serde(default)]
    remove_short_uuid: bool,
    /// As files for oslo.middleware have it; its file has no settings for this.
    #[allow(dead_code, reason = "files have it")]
    oslo_config_project: Option<String>,
    /// As files for oslo.middleware have it; its file has no settings for this.
    #[allow(dead_code, reason = "files have it")]
    oslo_config_program: Option<String>,
    /// As files for oslo.middleware have it; its file has no settings for this.
    #[allow(dead_code, reason = "files have it")]
    oslo_config_file: Option<String>,
}

register!("openstack_stats" => openstack_stats, for
    "oslo_middleware:StatsMiddleware.factory",
    "oslo_middleware.stats:StatsMiddleware.factory",
    "egg:oslo.middleware#stats",
    order [
        before "authentication", "timeout": "what the other one answers would not be counted";
    ],
);

fn openstack_stats(settings: OpenstackStats) -> anyhow::Result<Filter> {
    let server = server("stats_host", &settings.stats_host)?;
    let sender = Sender::to(server)
        .map_err(|error| SettingError::new("stats_host", format!("cannot be sent to: {error}")))?;
    let OpenstackStats { name, remove_uuid, remove_short_uuid, .. } = settings;
    Ok(Filter::hook(Timer { sender, names: Names { name, remove_uuid, remove_short_uuid } }))
}

struct Timer {
    sender: Sender,
    names: Names,
}

struct Names {
    name: String,
    remove_uuid: bool,
    remove_short_uuid: bool,
}

impl Hook<Instant> for Timer {
    fn on_request(&self, _: &mut Exchange) -> ControlFlow<Response, Instant> {
        ControlFlow::Continue(Instant::now())
    }

    fn on_response(&self, exchange: &mut Exchange, start: Instant, _: &mut Response) {
        let millis = start.elapsed().as_secs_f64() * 1000.0;
        self.sender.send(|line| {
            use std::fmt::Write as _;
            self.names.write(exchange, line);
            write!(line, ":{millis:.6}|ms")
        });
    }
}

impl Names {
    fn write(&self, exchange: &Exchange, line: &mut String) {
        line.push_str(&self.name);
        line.push('.');
        line.push_str(method(exchange.method()));
        let (mount, path) = (exchange.mount(), exchange.path());
        let mut segments = mount.split('/').skip(1).chain(path.split('/').skip(1)).peekable();
        // As the original, which strips all slashes at the beginning.
        while segments.peek() == Some(&"") {
            segments.next();
        }
        for (position, segment) in segments.enumerate() {
            if self.remove_uuid && is_uuid(segment)
                || self.remove_short_uuid && is_short_uuid(segment)
            {
                continue;
            }
            let is_version = position == 0 && is_version(segment);
            let is_kept = |c: &char| !(is_version && *c == '.');
            line.push('.');
            line.extend(segment.chars().filter(is_kept).map(harmless));
        }
    }
}

/// A version such as `v2.1`, perhaps with more behind it.
fn is_version(segment: &str) -> bool {
    let bytes = segment.as_bytes();
    matches!(bytes, [b'v', major, b'.', minor, ..] if major.is_ascii_digit() && minor.is_ascii_digit())
}

fn is_uuid(segment: &str) -> bool {
    let groups = segment.split('-').map(|group| (group.len(), is_hex(group)));
    groups.eq([8, 4, 4, 4, 12].map(|length| (length, true)))
}

fn is_short_uuid(segment: &str) -> bool {
    segment.len() == 32 && is_hex(segment)
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn harmless(c: char) -> char {
    match c {
        ':' | '|' | '@' | '#' | ',' => '_',
        c if c.is_whitespace() || c.is_control() => '_',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{settings, with_body};

    fn name_of(method: &str, uri: &str, mount: usize) -> String {
        let names = Names { name: "nova".to_owned(), remove_uuid: true, remove_short_uuid: true };
        let mut exchange = Exchange::new(with_body(method, uri, ""), None);
        assert!(exchange.mount_at(mount));
        let mut line = String::new();
        names.write(&exchange, &mut line);
        line
    }

    #[test]
    fn names_are_those_of_the_original() {
        let uuid = "0a1b2c3d-0000-4000-8000-0123456789AB";
        let short = uuid.replace('-', "");
        for (uri, mount, name) in [
            ("/", 0, "nova.GET"),
            ("/v2.1/servers/detail?limit=1", 0, "nova.GET.v21.servers.detail"),
            ("/v2.1/servers", 5, "nova.GET.v21.servers"),
            ("//v2.1/a.b/", 0, "nova.GET.v21.a.b."),
            (&format!("/servers/{uuid}/action"), 0, "nova.GET.servers.action"),
            (&format!("/{short}/servers/{uuid}"), 0, "nova.GET.servers"),
            ("/a:1|c@b", 0, "nova.GET.a_1_c_b"),
        ] {
            assert_eq!(name_of("GET", uri, mount), name, "{uri}");
        }
        assert_eq!(name_of("BREW", "/x", 0), "nova.other.x");
    }

    #[test]
    fn wrong_settings_are_named() {
        let options = [("name", "nova"), ("stats_host", "no host")];
        let error = openstack_stats(settings(&options)).unwrap_err().to_string();
        assert!(error.starts_with("`stats_host`: \"no host\" is no server: "), "{error}");
    }
}
