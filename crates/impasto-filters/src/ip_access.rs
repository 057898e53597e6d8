use std::ops::ControlFlow;

use http::StatusCode;
use impasto::{Filter, SettingError, register};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::network::Networks;
use crate::text;

/// Lets in or keeps out clients by their addresses; others get 403.
///
/// A client in `deny` is kept out, also one that is in `allow`. Where `allow` names anything, all others are
/// kept out too. An IPv4 address that came as one of IPv6 (`::ffff:192.0.2.1`) is the same address.
///
/// It belongs inside `proxy_headers`, which finds the address of a client behind a proxy, and outside of
/// everything that clients are to be kept from.
///
/// ```ini
/// [filter:ip_access]
/// use = egg:impasto#ip_access
/// allow = 10.0.0.0/8 2001:db8::/32 unix
/// deny = 10.6.6.0/24
/// ```
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct IpAccess {
    /// Addresses, networks, and `unix` for whatever comes over a unix socket. Empty by default, which is all.
    allow: Vec<String>,
    /// The same, of those that are kept out. Empty by default.
    deny: Vec<String>,
}

register!("ip_access" => ip_access,
    is "client-address",
    may answer,
    order [
        before "authentication": "who may not come in need not be asked for a password";
    ],
);

fn ip_access(settings: IpAccess) -> anyhow::Result<Filter> {
    let allow = Networks::of("allow", &settings.allow)?;
    let deny = Networks::of("deny", &settings.deny)?;
    if allow.is_empty() && deny.is_empty() {
        let error = SettingError::new("allow", "must name a network, or `deny` must");
        return Err(error.into());
    }
    Ok(Filter::on_request(move |exchange| {
        let peer = exchange.connection().peer;
        match !deny.has_peer(peer) && (allow.is_empty() || allow.has_peer(peer)) {
            true => ControlFlow::Continue(()),
            false => {
                let words = "Your address may not use this service.\n";
                ControlFlow::Break(text::text(StatusCode::FORBIDDEN, words))
            }
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{get, settings, wrap};
    use impasto::{App, Connection, Exchange, Response};
    use std::net::IpAddr;
    use std::sync::Arc;

    async fn status(options: &[(&str, &str)], from: &str) -> u16 {
        let app = App::at_once(|_: &mut Exchange| Response::new("in".into()));
        let app = wrap(ip_access(settings(options)).unwrap(), app);
        let mut connection = Connection::default();
        connection.peer = from.parse::<IpAddr>().ok().map(|address| (address, 1).into());
        app.handle(get("/"), Some(Arc::new(connection))).await.status().as_u16()
    }

    #[tokio::test]
    async fn who_is_named_is_let_in_or_kept_out() {
        let allow = ("allow", "10.0.0.0/8 2001:db8::/32");
        let deny = ("deny", "10.6.6.0/24");
        for (options, from, expected) in [
            (&[allow][..], "10.1.2.3", 200),
            (&[allow], "::ffff:10.1.2.3", 200),
            (&[allow], "2001:db8::1", 200),
            (&[allow], "192.0.2.1", 403),
            (&[allow], "unix", 403),
            (&[("allow", "unix")], "unix", 200),
            (&[deny], "192.0.2.1", 200),
            (&[deny], "unix", 200),
            (&[deny], "::ffff:10.6.6.6", 403),
            (&[allow, deny], "10.6.6.6", 403),
            (&[allow, deny], "10.6.7.6", 200),
            (&[("deny", "unix")], "unix", 403),
        ] {
            assert_eq!(status(options, from).await, expected, "{options:?} {from}");
        }
    }

    #[test]
    fn wrong_settings_are_named() {
        let wrong =
            |options: &[(&str, &str)]| ip_access(settings(options)).unwrap_err().to_string();
        assert_eq!(wrong(&[]), "`allow` must name a network, or `deny` must");
        assert!(
            wrong(&[("deny", "10.0.0.1/8")]).starts_with("`deny`: \"10.0.0.1/8\" has bits set")
        );
    }
}
