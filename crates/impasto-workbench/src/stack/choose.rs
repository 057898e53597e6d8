//! Which of its ways a composite sends a request, and why not the others.

use http::HeaderMap;
use impasto::{Composite, Context, Exchange};
use impasto_routing::{Asked, Conditions, Expression, Hosts, Mounts, Refusal, Way, cookies};

use super::Verdict;

/// What a composite says of one of its ways.
pub(super) struct Choice {
    pub(super) verdict: Verdict,
    pub(super) reason: String,
}

impl Choice {
    fn taken(reason: impl Into<String>) -> Choice {
        Choice { verdict: Verdict::Taken, reason: reason.into() }
    }

    fn refused(reason: impl Into<String>) -> Choice {
        Choice { verdict: Verdict::Refused, reason: reason.into() }
    }
}

/// A choice for each of `options`. The request gets the mount point that the composite gives it.
pub(super) fn choose(
    kind: Composite,
    composite: &Context,
    options: &[&str],
    exchange: Option<&mut Exchange>,
) -> Vec<Choice> {
    if kind == Composite::PipelineFactory {
        return pipelines(composite, options);
    }
    let Some(exchange) = exchange else {
        let open = |_: &_| Choice { verdict: Verdict::Open, reason: String::new() };
        return options.iter().map(open).collect();
    };
    match kind {
        Composite::UrlMap | Composite::VersionedUrlMap => mounts(kind, options, exchange),
        Composite::Cascade => cascade(composite, options),
        Composite::Hosts => hosts(options, exchange),
        Composite::Match => conditions(options, exchange),
        Composite::Split => split(composite, options, exchange.headers()),
        _ => options.iter().map(|_| Choice::refused("not known")).collect(),
    }
}

/// Paths and hosts; `not_found_app` is for what none of them takes.
fn mounts(kind: Composite, options: &[&str], exchange: &mut Exchange) -> Vec<Choice> {
    let mut mounts = Mounts::default();
    let read = |option: &&str| Expression::parse(option).map_err(|error| error.to_string());
    let expressions: Vec<_> = options.iter().map(read).collect();
    for (at, expression) in expressions.iter().enumerate() {
        if let (Ok(expression), true) = (expression, options[at] != NOT_FOUND) {
            mounts.insert(expression.clone(), at);
        }
    }
    let path = exchange.path().to_owned();
    let by_path = mounts.find(exchange, &path).map(|(mount, _)| *mount.it());
    let Asked { name, port } = Asked::by(exchange);
    let port = port.map(|port| format!(" and port {port}")).unwrap_or_default();
    let host = format!("host `{name}`{port}");
    let way = match kind {
        Composite::VersionedUrlMap => mounts.find_version(exchange).0,
        _ => mounts.find(exchange, &path).map(|(mount, length)| Way::Path(mount, length)),
    };
    // A version that is not mounted leads to `/`, if that is there.
    let by_version = matches!(&way, Some(Way::Version(mount)) if !mount.path().is_empty());
    // Refusals are told of the request as it came here.
    let before: Vec<_> =
        expressions.iter().map(|it| it.as_ref().map(|it| it.takes(exchange))).collect();
    let chosen = way.and_then(|way| way.enter(exchange)).copied();
    let choice = |at: usize| {
        let option = options[at];
        if option == NOT_FOUND {
            return match chosen {
                None => Choice::taken("nothing else takes the request"),
                Some(_) => Choice::refused("only for what nothing else takes"),
            };
        }
        match (&before[at], &expressions[at]) {
            _ if chosen == Some(at) && by_version => {
                Choice::taken("the request asks for this version")
            }
            _ if chosen == Some(at) => Choice::taken(format!("`{path}` lies there")),
            (Err(wrong), _) => Choice::refused(wrong.to_string()),
            (Ok(Err(Refusal::Host)), _) => Choice::refused(format!("the request asks for {host}")),
            (Ok(Err(Refusal::Path)), _) => Choice::refused(format!("`{path}` does not lie there")),
            (Ok(Err(Refusal::NotBelow)), _) => Choice::refused("only for what lies below"),
            (Ok(Ok(_)), _) if by_version && by_path == Some(at) => {
                Choice::refused("the request asks for a version that is mounted")
            }
            (Ok(Ok(_)), _) => match chosen {
                Some(closer) => Choice::refused(format!("`{}` goes before it", options[closer])),
                None => Choice::refused("the request cannot be put there"),
            },
        }
    };
    (0..options.len()).map(choice).collect()
}

const NOT_FOUND: &str = "not_found_app";

/// A cascade asks them all, until one answers.
fn cascade(composite: &Context, options: &[&str]) -> Vec<Choice> {
    let catch = composite.local_conf().text("catch").unwrap_or("404");
    let catch = catch.split([' ', ',', '\n', '\t']).filter(|code| !code.is_empty());
    let catch = catch.collect::<Vec<_>>().join(" or ");
    let reason = |at: usize| match at {
        0 => "asked first".to_owned(),
        _ => format!("asked when those before have answered {catch}"),
    };
    (0..options.len()).map(|at| Choice::taken(reason(at))).collect()
}

/// Hosts; `default` is for all others.
fn hosts(options: &[&str], exchange: &Exchange) -> Vec<Choice> {
    let mut hosts = Hosts::default();
    let insert = |(at, option): (usize, &&str)| match *option {
        DEFAULT => Ok(()),
        option => hosts.insert(option, at),
    };
    let read: Vec<_> = options.iter().enumerate().map(insert).collect();
    let host = exchange.headers().get(http::header::HOST).and_then(|host| host.to_str().ok());
    let host = host.unwrap_or_default();
    let chosen = hosts.get(exchange).copied();
    let is_fitting = |option: &str| {
        let mut alone = Hosts::default();
        alone.insert(option, ()).is_ok() && alone.get(exchange).is_some()
    };
    let choice = |(at, option): (usize, &&str)| match (&read[at], *option == DEFAULT) {
        (Err(wrong), _) => Choice::refused(wrong.clone()),
        (Ok(()), true) if chosen.is_none() => Choice::taken("no other host is that of the request"),
        (Ok(()), true) => Choice::refused("only for hosts that are not listed"),
        _ if chosen == Some(at) => Choice::taken(format!("the request asks for host `{host}`")),
        _ => match chosen.filter(|_| is_fitting(option)) {
            Some(closer) => Choice::refused(format!("`{}` goes before it", options[closer])),
            None => Choice::refused(format!("the request asks for host `{host}`")),
        },
    };
    options.iter().enumerate().map(choice).collect()
}

const DEFAULT: &str = "default";

/// The first whose conditions hold; `default` is for all others.
fn conditions(options: &[&str], exchange: &Exchange) -> Vec<Choice> {
    let read = |option: &&str| {
        let conditions = Conditions::parse(option).map_err(|error| error.to_string())?;
        Ok::<_, String>(conditions.unmet(exchange).map(str::to_owned))
    };
    let unmet: Vec<_> = options.iter().map(read).collect();
    let holds = |at: &usize| options[*at] != DEFAULT && unmet[*at] == Ok(None);
    let chosen = (0..options.len()).find(holds);
    let choice = |at: usize| match (&unmet[at], chosen) {
        _ if chosen == Some(at) => Choice::taken("the first whose conditions hold"),
        _ if options[at] == DEFAULT && chosen.is_none() => Choice::taken("no conditions hold"),
        _ if options[at] == DEFAULT => Choice::refused("only where no conditions hold"),
        (Err(wrong), _) => Choice::refused(wrong.clone()),
        (Ok(Some(unmet)), _) => Choice::refused(format!("`{unmet}` does not hold")),
        (Ok(None), _) => Choice::refused("an option above takes the request"),
    };
    (0..options.len()).map(choice).collect()
}

/// The app of the request's cookie, or else the one that gets most.
fn split(composite: &Context, apps: &[&str], headers: &HeaderMap) -> Vec<Choice> {
    let local = composite.local_conf();
    let weights = local.text("weights").unwrap_or_default();
    let weights = weights.split([' ', ',', '\n', '\t']).filter(|weight| !weight.is_empty());
    let weights: Vec<u64> = weights.map(|weight| weight.parse().unwrap_or(0)).collect();
    let weight =
        |at: usize| if weights.is_empty() { 1 } else { weights.get(at).copied().unwrap_or(0) };
    let total: u64 = (0..apps.len()).map(weight).fold(0, u64::saturating_add);
    let by_cookie = local.text("cookie").and_then(|name| {
        let mut named = cookies(headers, name);
        named.find_map(|value| apps.iter().position(|app| app.as_bytes() == value))
    });
    // The first of those with the same share.
    let most = (0..apps.len()).rev().max_by_key(|at| weight(*at));
    let choice = |at: usize| match by_cookie {
        Some(own) if own == at => Choice::taken("the request's cookie names it"),
        Some(_) => Choice::refused("the request's cookie names another"),
        None => {
            let share = format!("{} of {total} requests", weight(at));
            if most == Some(at) { Choice::taken(share) } else { Choice::refused(share) }
        }
    };
    (0..apps.len()).map(choice).collect()
}

/// The pipeline that a setting names; it is the same for all requests.
fn pipelines(composite: &Context, options: &[&str]) -> Vec<Choice> {
    let (local, global) = (composite.local_conf(), composite.global_conf());
    let set = |name: &str| local.get(name).or_else(|| global.get(name));
    let named = ["auth_strategy", "flavor"].into_iter().find_map(|name| Some((name, set(name)?)));
    let (name, reason) = match named {
        Some((setting, name)) => (name.text(), format!("`{setting}` says so")),
        None if options.contains(&"keystone") => ("keystone", "the choice by default".to_owned()),
        None => ("default", "the choice by default".to_owned()),
    };
    let unlimited = format!("{name}_nolimit");
    let is_chosen = set("api_rate_limit").is_none_or(|value| value.truth() == Some(false))
        && options.contains(&&*unlimited);
    let name = if is_chosen { &*unlimited } else { name };
    let choice = |option: &&str| match *option == name {
        true => Choice::taken(&*reason),
        false if *option == unlimited => {
            Choice::refused("served in its place unless `api_rate_limit` is on")
        }
        false => Choice::refused(format!("the choice is `{name}`")),
    };
    options.iter().map(choice).collect()
}
