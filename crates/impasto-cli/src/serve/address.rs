//! Apps that come to one address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, ToSocketAddrs};
use std::path::{Path, PathBuf};

use impasto::{Code, Place, Problem};
use impasto_server::Address;

/// An app, and where it is to be served.
pub(super) struct Planned<'a> {
    pub(super) name: &'a str,
    pub(super) addresses: Vec<Address>,
    /// Where the file says so; `None` for the default server.
    pub(super) place: Option<&'a Place>,
    /// The section of the server, as written between the brackets.
    pub(super) section: Option<&'a str>,
}

/// A problem for each app whose server cannot listen because an earlier one listens there; `is_asked` where it is
/// the command line that says where.
pub(super) fn collisions(services: &[Planned<'_>], is_asked: bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (at, later) in services.iter().enumerate() {
        let clash = services[..at].iter().find_map(|earlier| {
            let same = |address: &&Address| earlier.addresses.iter().any(|it| same(it, address));
            Some((earlier, later.addresses.iter().find(same)?.clone()))
        });
        if let Some((earlier, address)) = clash {
            problems.push(match is_asked {
                true => asked_twice(earlier, later, &address),
                false => collision(earlier, later, &address),
            });
        }
    }
    problems
}

fn asked_twice(earlier: &Planned<'_>, later: &Planned<'_>, address: &Address) -> Problem {
    let (one, other) = (earlier.name, later.name);
    let message = format!("`--listen` serves both `{one}` and `{other}` on {address}");
    Problem::error(Code::SameAddress, message).help(
        "leave it out, and give each app its address in a section of its own, [server:NAME]; or serve one app",
    )
}

fn collision(earlier: &Planned<'_>, later: &Planned<'_>, address: &Address) -> Problem {
    let (one, other) = (earlier.name, later.name);
    let message = format!("`{one}` and `{other}` are both to be served on {address}");
    let own = |service: &Planned<'_>| {
        service.section == Some(format!("server:{}", service.name).as_str())
    };
    let wanting: Vec<String> = [later, earlier]
        .into_iter()
        .filter(|service| !own(service))
        .map(|service| format!("[server:{}]", service.name))
        .collect();
    let help = match wanting.is_empty() {
        true => format!("give [server:{other}] another address"),
        false => format!("give one of them a section of its own: {}", wanting.join(" or ")),
    };
    let problem = Problem::error(Code::SameAddress, message).at(later.place.cloned()).help(help);
    let problem = match later.section {
        Some(section) => problem.section(section),
        None => problem,
    };
    match earlier.place {
        Some(place) if Some(place) != later.place => {
            problem.label(place.clone(), format!("`{one}` is served here"))
        }
        _ => problem,
    }
}

/// Whether the second of two listeners would find the address taken.
fn same(one: &Address, other: &Address) -> bool {
    match (one, other) {
        (Address::Tcp { port, .. }, Address::Tcp { port: other_port, .. })
            if port != other_port || *port == 0 =>
        {
            false
        }
        (Address::Tcp { host, port }, Address::Tcp { host: other, .. }) => {
            host.eq_ignore_ascii_case(other)
                || hosts(host, *port)
                    .iter()
                    .any(|ip| hosts(other, *port).iter().any(|it| meet(*ip, *it)))
        }
        (Address::Unix(path), Address::Unix(other)) => file(path) == file(other),
        (Address::Systemd(name), Address::Systemd(other)) => {
            name == other || name.is_empty() || other.is_empty()
        }
        _ => false,
    }
}

/// The addresses of a host. One that cannot be looked up has none; that is for the listener to say.
fn hosts(host: &str, port: u16) -> Vec<IpAddr> {
    match host {
        "" => vec![Ipv4Addr::UNSPECIFIED.into(), Ipv6Addr::UNSPECIFIED.into()],
        _ => {
            let found = (host, port).to_socket_addrs();
            found.map(|found| found.map(|address| address.ip()).collect()).unwrap_or_default()
        }
    }
}

/// An unspecified address takes the port of every address of its family.
fn meet(one: IpAddr, other: IpAddr) -> bool {
    let is_any = one.is_unspecified() || other.is_unspecified();
    one == other || one.is_ipv4() == other.is_ipv4() && is_any
}

/// The file that a path leads to, whether or not it is there.
fn file(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let directory = whole.parent().and_then(|directory| directory.canonicalize().ok());
    match (directory, whole.file_name()) {
        (Some(directory), Some(name)) => directory.join(name),
        _ => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn one_address_has_many_spellings() {
        for (one, other, is_same) in [
            ("127.0.0.1:80", "80", true),
            ("127.0.0.1:80", "127.0.0.1:81", false),
            ("127.0.0.1:80", "127.0.0.2:80", false),
            ("127.0.0.1:80", "0.0.0.0:80", true),
            ("127.0.0.1:80", "*:80", true),
            ("127.0.0.1:80", "localhost:80", true),
            ("[::]:80", "0.0.0.0:80", false),
            ("[::]:80", "[::1]:80", true),
            ("[0:0::1]:80", "[::1]:80", true),
            ("*:0", "*:0", false),
            ("unix:/tmp/s", "unix:/tmp/./s", true),
            ("unix:/tmp/s", "unix:/tmp/t", false),
            ("unix:/tmp/s", "80", false),
        ] {
            let (first, second) = (one.parse().unwrap(), other.parse().unwrap());
            assert_eq!(same(&first, &second), is_same, "{one} {other}");
            assert_eq!(same(&second, &first), is_same, "{other} {one}");
        }
    }
}
