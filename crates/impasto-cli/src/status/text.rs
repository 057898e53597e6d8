//! What a master is doing, for people.

use std::fmt;
use std::time::Duration;

use impasto::settings;
use impasto_server::control::{GenerationStatus, LastReload, ServiceStatus, Status, Verdict};

use crate::master::plain;
use crate::output::count;

pub(super) struct Text<'a>(pub(super) &'a Status);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Status { pid, file, version, uptime, phase, generations, last_reload, upgrade } =
            self.0;
        let file = plain(&file.display().to_string());
        write!(f, "impasto {} serves {file}\n  {phase}, process {pid}", plain(version))?;
        write!(f, ", for {}", rounded(*uptime))?;
        if let Some(upgrade) = upgrade {
            let age = rounded(upgrade.age);
            write!(f, "\n  upgrading to process {}, for {age}", upgrade.pid)?;
        }
        if let Some(last) = last_reload {
            last_reload_of(f, last)?;
        }
        generations.iter().try_for_each(|generation| generation_of(f, generation))
    }
}

fn last_reload_of(f: &mut fmt::Formatter<'_>, last: &LastReload) -> fmt::Result {
    let verdict = match last.outcome.verdict {
        Verdict::Applied => "applied",
        Verdict::WrongConfiguration => "not applied, the configuration is wrong",
        Verdict::Failed => "not applied",
    };
    let when = humantime::format_rfc3339_seconds(last.when);
    let took = settings::Duration::from_millis(last.took.as_millis() as u64);
    write!(f, "\n  last reload {when}, {took}: {verdict}")?;
    let text = plain(&last.outcome.text);
    text.lines().try_for_each(|line| write!(f, "\n    {line}"))
}

fn generation_of(f: &mut fmt::Formatter<'_>, generation: &GenerationStatus) -> fmt::Result {
    write!(f, "\ngeneration {}, {}", generation.id, generation.state)?;
    generation.services.iter().try_for_each(|service| service_of(f, service))
}

fn service_of(f: &mut fmt::Formatter<'_>, service: &ServiceStatus) -> fmt::Result {
    let ServiceStatus { name, addresses, wanted, workers } = service;
    let addresses = addresses.iter().map(|it| plain(it)).collect::<Vec<_>>().join(", ");
    write!(f, "\n  {}", plain(name))?;
    // One that drains listens nowhere, and none of its workers is to be there for long.
    if !addresses.is_empty() {
        write!(f, " on {addresses}")?;
    }
    match (workers.len(), *wanted) {
        (there, wanted) if there == wanted || wanted == 0 => {
            write!(f, ": {}", count(there, "worker"))?;
        }
        (there, wanted) => write!(f, ": {there} of {}", count(wanted, "worker"))?,
    }
    if workers.is_empty() {
        return Ok(());
    }
    let heads = ["pid", "state", "for", "revision", "connections", "requests"];
    row(f, heads.map(str::to_owned))?;
    workers.iter().try_for_each(|worker| {
        row(
            f,
            [
                worker.pid.to_string(),
                worker.state.to_string(),
                rounded(worker.age).to_string(),
                worker.revision.to_string(),
                worker.connections.to_string(),
                worker.requests_in_flight.to_string(),
            ],
        )
    })
}

fn row(
    f: &mut fmt::Formatter<'_>,
    [pid, state, age, revision, connections, requests]: [String; 6],
) -> fmt::Result {
    write!(f, "\n    {pid:<10}{state:<10}{age:<16}{revision:>8}{connections:>13}{requests:>10}")
}

/// Nobody wants to know the milliseconds of an hour.
fn rounded(time: Duration) -> settings::Duration {
    settings::Duration::from_secs(time.as_secs())
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use impasto_server::control::{
        GenerationState, Outcome, Phase, UpgradeStatus, WorkerState, WorkerStatus,
    };

    use super::*;

    #[test]
    fn it_is_read_from_top_to_bottom() {
        let worker = |pid, state, requests| WorkerStatus {
            pid,
            state,
            age: Duration::from_millis(7_265_900),
            requests_in_flight: requests,
            connections: 5,
            revision: 3,
        };
        let service = |name: &str, wanted, workers| ServiceStatus {
            name: name.into(),
            addresses: vec!["http://127.0.0.1:80".into(), "unix:/run/\u{1b}".into()],
            wanted,
            workers,
        };
        let generation = |id, state, services| GenerationStatus { id, state, services };
        let text = "api-paste.ini:3: no\nand more\n".to_owned();
        let mut status = Status {
            pid: 4711,
            file: "/etc/app/api-paste.ini".into(),
            version: "1.2.3".into(),
            uptime: Duration::from_millis(7_269_400),
            phase: Phase::Reloading,
            generations: vec![
                generation(
                    1,
                    GenerationState::Draining,
                    vec![ServiceStatus {
                        addresses: Vec::new(),
                        ..service("main", 0, vec![worker(4712, WorkerState::Draining, 1)])
                    }],
                ),
                generation(
                    2,
                    GenerationState::Current,
                    vec![
                        service("main", 2, vec![worker(4713, WorkerState::Ready, 12)]),
                        service("admin", 1, vec![]),
                    ],
                ),
            ],
            last_reload: Some(LastReload {
                when: SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000),
                outcome: Outcome { verdict: Verdict::WrongConfiguration, text },
                took: Duration::from_micros(12_345),
            }),
            upgrade: Some(UpgradeStatus { pid: 4720, age: Duration::from_secs(2) }),
        };
        let expected = "\
impasto 1.2.3 serves /etc/app/api-paste.ini
  reloading, process 4711, for 2h 1m 9s
  upgrading to process 4720, for 2s
  last reload 2027-01-15T08:00:00Z, 12ms: not applied, the configuration is wrong
    api-paste.ini:3: no
    and more
generation 1, draining
  main: 1 worker
    pid       state     for             revision  connections  requests
    4712      draining  2h 1m 5s               3            5         1
generation 2, current
  main on http://127.0.0.1:80, unix:/run/\\u{1b}: 1 of 2 workers
    pid       state     for             revision  connections  requests
    4713      ready     2h 1m 5s               3            5        12
  admin on http://127.0.0.1:80, unix:/run/\\u{1b}: 0 of 1 worker";
        assert_eq!(Text(&status).to_string(), expected);
        status.generations.clear();
        (status.last_reload, status.upgrade) = (None, None);
        let short = expected.lines().take(2).collect::<Vec<_>>().join("\n");
        assert_eq!(Text(&status).to_string(), short);
    }
}
