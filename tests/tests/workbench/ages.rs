use std::path::{Path, PathBuf};

use impasto::{Loader, Snapshot, Source};
use impasto_workbench::edit::{Beside, Command, Pipeline};
use impasto_workbench::{Text, merge};

use crate::speed::in_time;
use crate::texts::{comments, corpus, read};

/// Nova's file in five ages, oldest first.
fn ages() -> Vec<PathBuf> {
    let mut files = corpus();
    files.retain(|path| path.display().to_string().contains("/nova__api-paste"));
    // The newest has no date, and `-` sorts before `.`.
    assert!(files.is_empty() || files.len() == 5, "{files:?}");
    files
}

/// From one age to the next.
struct Step {
    /// What an operator does to the older file, which can be done to the newer one, too.
    edits: Vec<Command>,
    /// What an operator may do as well, ...
    collides: Command,
    /// ... and what is told of it then.
    told: &'static str,
    /// What upstream did, as its release notes have it.
    history: &'static [&'static str],
}

fn set(section: &str, key: &str, value: &str) -> Command {
    let [section, key, value] = [section, key, value].map(str::to_owned);
    Command::Set { section, key, value, create: true }
}

fn pipeline(name: &str) -> Pipeline {
    Pipeline { name: name.to_owned(), choice: None }
}

fn add(to: &str, filter: &str, after: &str) -> Command {
    let at = Some(Beside::After(after.to_owned()));
    Command::Add { pipeline: pipeline(to), filter: filter.to_owned(), at }
}

fn remove(from: &str, filter: &str) -> Command {
    Command::Remove { pipeline: pipeline(from), filter: filter.to_owned() }
}

fn moved(of: &str, filter: &str, before: &str) -> Command {
    let at = Beside::Before(before.to_owned());
    Command::Move { pipeline: pipeline(of), filter: filter.to_owned(), at }
}

fn rename(section: &str, to: &str) -> Command {
    Command::Rename { section: section.to_owned(), to: to.to_owned() }
}

fn audit() -> Command {
    set("filter:audit", "paste.filter_factory", "keystonemiddleware.audit:filter_factory")
}

fn steps() -> [Step; 4] {
    [
        Step {
            edits: vec![
                audit(),
                add("osversions", "audit", "faultwrap"),
                remove("ec2cloud", "authorizer"),
                set("filter:cloudrequest", "controller", "our.Controller"),
                set("filter:faultwrap", "verbose", "1"),
                moved("ec2admin", "authorizer", "adminrequest"),
                rename("filter:ratelimit", "quota"),
            ],
            collides: set("filter:ratelimit", "paste.filter_factory", "our:limits"),
            told: "  [filter:ratelimit] paste.filter_factory: upstream has \
                   \"nova.api.openstack.v2.limits:RateLimitingMiddleware.factory\", you have \"our:limits\"",
            history: &[
                "  [composite:osapi] - /v1.0: openstackapi10  ",
                "  [composite:osapi] + /v2: openstack_api_v2  ",
                "  [pipeline:ec2cloud] + ec2faultwrap before logrequest  ",
                "  [pipeline:ec2cloud] - authenticate  ",
                "  [pipeline:ec2admin] + ec2noauth before adminrequest  ",
                "+ [filter:serialize]  ",
            ],
        },
        Step {
            edits: vec![
                audit(),
                add("meta", "audit", "ec2faultwrap"),
                remove("meta", "ec2faultwrap"),
                set("filter:cloudrequest", "controller", "our.Controller"),
                set("filter:faultwrap", "verbose", "1"),
                moved("meta", "logrequest", "audit"),
                rename("filter:logrequest", "log"),
            ],
            collides: remove("ec2cloud", "logrequest"),
            told: "  [pipeline:ec2cloud]: upstream has removed it, you have changed it",
            history: &[
                "+ [composite:openstack_compute_api_v2]  ",
                "+ [composite:osapi_compute]  ",
                "+ [filter:authtoken]  ",
                "+ [filter:sizelimit]  ",
                "- [filter:extensions]  ",
                "  [composite:ec2] - /services/Admin: ec2admin  ",
            ],
        },
        Step {
            edits: vec![
                audit(),
                add("openstack_compute_api_v2", "audit", "keystonecontext"),
                remove("openstack_compute_api_v2", "ratelimit"),
                set("filter:cloudrequest", "controller", "our.Controller"),
                moved("ec2cloud", "validator", "cloudrequest"),
                rename("filter:sizelimit", "bodylimit"),
            ],
            collides: set("filter:authtoken", "auth_host", "keystone.example.org"),
            told: "  [filter:authtoken] auth_host: upstream has removed it, you have \"keystone.example.org\"",
            history: &[
                "  [composite:openstack_compute_api_v2] keystone + compute_req_id before faultwrap  ",
                "  [composite:osapi_compute] + /v2.1: openstack_compute_api_v21  ",
                "  [composite:osapi_compute] + /v3: openstack_compute_api_v3  ",
                "  [filter:authtoken] - auth_host = \"127.0.0.1\"  ",
                "+ [filter:noauth2]  ",
            ],
        },
        Step {
            edits: vec![
                audit(),
                add("oscomputeversions", "audit", "faultwrap"),
                remove("openstack_compute_api_v21", "sizelimit"),
                set("filter:sizelimit", "max_request_body_size", "1000"),
                moved("openstack_compute_api_v21", "faultwrap", "compute_req_id"),
                rename("filter:keystonecontext", "context"),
            ],
            collides: moved("meta", "logrequest", "ec2faultwrap"),
            told: "  [pipeline:meta] pipeline logrequest: upstream has removed it, you have moved it before ec2faultwrap",
            history: &[
                "- [composite:ec2]  ",
                "  [composite:osapi_compute] - /v3: openstack_compute_api_v3  ",
                "  [composite:openstack_compute_api_v21] keystone + cors before http_proxy_to_wsgi  ",
                "  [composite:openstack_compute_api_v21] keystone + request_log before sizelimit  ",
                "  [pipeline:meta] - logrequest  ",
                "- [filter:ratelimit]  ",
                "+ [filter:request_log]  ",
            ],
        },
    ]
}

/// Each age with the next one.
fn on_all(run: impl Fn(&Step, &Path, [&Path; 2])) {
    let ages = ages();
    for (step, pair) in steps().iter().zip(ages.windows(2)) {
        run(step, &pair[1], [&pair[0], &pair[1]]);
    }
}

fn applied(text: &Text, edits: &[Command]) -> Text {
    edits.iter().fold(text.clone(), |text, edit| {
        edit.apply(&text).unwrap_or_else(|error| panic!("{edit:?}: {error}"))
    })
}

/// How the meaning of a text differs from that of another one.
fn differences(path: &Path, before: &Text, text: &Text) -> String {
    let load = |text: &Text| {
        let snapshot = Snapshot::default().with(path, text.as_str());
        Loader::open_snapshot(snapshot, path, std::iter::empty::<(&str, &str)>()).expect("fine")
    };
    load(text).changes_since(&load(before)).to_string()
}

#[test]
fn what_an_operator_changed_is_carried_from_age_to_age() {
    const COMMENT: &str = "# Ours, as the wiki has it.";
    on_all(|step, path, [old, new]| {
        let (old, new) = (read(old), read(new));
        let mine = applied(&old, &step.edits);
        let with_comment = mine.as_str().replacen(
            "[filter:faultwrap]",
            &format!("{COMMENT}\n[filter:faultwrap]"),
            1,
        );
        let mine = Text::new(Source::new(mine.source().name(), with_comment));
        let merged = in_time(path, || merge(&old, &new, &mine, None));
        assert!(merged.collisions.is_empty(), "{}: {:?}", path.display(), merged.collisions);
        // The same is done to the newer file.
        let expected = applied(&new, &step.edits);
        assert_eq!(differences(path, &expected, &merged.text), "", "{}", path.display());
        let mut said = comments(&merged.text);
        let at = said.iter().position(|comment| *comment == COMMENT).expect("the comment");
        said.remove(at);
        assert_eq!(said, comments(&new), "{}", path.display());
        assert!(merged.text.as_str().contains(&format!("{COMMENT}\n[filter:faultwrap]")));
    });
}

#[test]
fn what_collides_with_an_age_is_named() {
    on_all(|step, path, [old, new]| {
        let (old, new) = (read(old), read(new));
        let mine = applied(&old, std::slice::from_ref(&step.collides));
        let collisions = merge(&old, &new, &mine, None).collisions;
        let told: Vec<String> = collisions.iter().map(ToString::to_string).collect();
        let [told] = &told[..] else { panic!("{}: {told:?}", path.display()) };
        assert_eq!(told.rsplit_once("  (").expect("places").0, step.told, "{}", path.display());
    });
}

#[test]
fn the_ages_of_a_file_tell_their_history() {
    on_all(|step, path, [old, new]| {
        let told = differences(path, &read(old), &read(new)) + "\n";
        for part in step.history {
            assert!(told.contains(part), "{}: {part} is not in\n{told}", path.display());
        }
    });
}
