mod checks;
mod page;

use std::ops::ControlFlow;
use std::path::PathBuf;

use http::header::ACCEPT;
use http::{Method, StatusCode};
use impasto::{App, Exchange, Filter, Response, SettingError, register};
use schemars::JsonSchema;
use serde::Deserialize;
use smallvec::SmallVec;

use crate::accept;
use crate::network::Networks;
use crate::oslo::Oslo;
use crate::text::not_found;
use checks::{Check, Outcome, port_and_path};

/// Answers whether this server should be sent requests.
///
/// The answer is `200` and `OK`; or a `503` and the reason, such as `DISABLED BY FILE` while the file
/// `disable_by_file_path` exists, so that an operator takes a server out of a load balancer with
/// `touch`. It is oslo.middleware's answer: in plain text, as a page or as JSON, whichever `Accept`
/// prefers, and a `204` to a `HEAD` that finds all well. Every method is answered.
///
/// As an app it answers every path below the place where it is mounted. That is the better way: beside
/// the API no filter that wants a token stands in front of it, and it costs other requests nothing.
/// As a filter it answers at `path`, other requests go on; it belongs in front of everything that may
/// refuse a request.
///
/// ```ini
/// [composite:main]
/// use = egg:impasto#urlmap
/// /health = healthcheck
/// / = api
///
/// [app:healthcheck]
/// use = egg:impasto#healthcheck
/// disable_by_file_path = /run/api/disabled
///
/// [pipeline:api]
/// pipeline = alive debug
///
/// [filter:alive]
/// use = egg:impasto#healthcheck
/// path = /healthcheck
///
/// [app:debug]
/// use = egg:impasto#debug
/// ```
///
/// The files are looked for at every request, which is quick where `/run` and its like are; a path on
/// a network file system would make all requests wait for it.
#[derive(Deserialize, JsonSchema)]
struct Healthcheck {
    /// The path that the filter answers, with the mount point if there is one. It begins with `/`, and is
    /// `/healthcheck` by default. The app does not need it.
    #[serde(default = "healthcheck_path")]
    path: String,
    /// The checks to make. By default those that have a file: `disable_by_file` and `enable_by_files`
    /// exclude each other. A check without a file finds all well, and so does no check at all.
    backends: Option<Vec<Backend>>,
    /// A file; while it exists, the answer is a 503, `DISABLED BY FILE`. There is none by default.
    #[serde(alias = "disable_path")]
    disable_by_file_path: Option<PathBuf>,
    /// The same by the port that the client connected to: `PORT:PATH`, as often as needed.
    disable_by_file_paths: Option<Vec<String>>,
    /// Files that must all exist, else the answer is a 503, `FILE PATH MISSING`.
    enable_by_file_paths: Option<Vec<PathBuf>>,
    /// Whether JSON and the page show more: the time, the platform, and which file was found or not.
    /// That is nothing for strangers. `false` by default.
    detailed: Option<bool>,
    /// The addresses and networks that are shown the details, `unix` for clients at a unix socket.
    /// Everybody by default, as with oslo.middleware.
    #[serde(default)]
    detailed_source_ranges: Vec<String>,
    /// The addresses and networks that are answered, `unix` for clients at a unix socket. For all others
    /// the filter is not there, and the app answers 404. Everybody is answered by default.
    allowed_source_ranges: Option<Vec<String>>,
    /// Whether requests with a header of a proxy (`X-Forwarded-For`, `-Host`, `-Proto`, `-Prefix` or
    /// `X-Forwarded`) are treated like those of others. `false` by default.
    ignore_proxied_requests: Option<bool>,
    /// The project whose oslo.config file has more settings, in its section `[healthcheck]`: the first of
    /// `~/.PROJECT/PROJECT.conf`, `~/PROJECT.conf`, `/etc/PROJECT/PROJECT.conf` and `/etc/PROJECT.conf`
    /// that exists, if one does. What is set here, or in `[DEFAULT]`, goes before it.
    oslo_config_project: Option<String>,
    /// A program of the project; `PROGRAM.conf` is looked for in the same places, and goes before.
    oslo_config_program: Option<String>,
    /// The path of a file to read in place of all these. It has an effect only together with
    /// `oslo_config_project`, as with oslo.middleware.
    oslo_config_file: Option<String>,
}

#[derive(Clone, Copy, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Backend {
    /// `disable_by_file_path`.
    DisableByFile,
    /// `disable_by_file_paths`.
    DisableByFilesPorts,
    /// `enable_by_file_paths`.
    EnableByFiles,
}

fn healthcheck_path() -> String {
    "/healthcheck".to_owned()
}

register!("healthcheck" => healthcheck_app, for
    "egg:oslo.middleware#healthcheck",
    "oslo_middleware:Healthcheck.app_factory",
    "oslo_middleware.healthcheck:Healthcheck.app_factory",
);
register!("healthcheck" => healthcheck_filter, for
    "egg:oslo.middleware#healthcheck",
    "oslo_middleware:Healthcheck.factory",
    "oslo_middleware.healthcheck:Healthcheck.factory",
    "egg:swift#healthcheck",
    may answer,
    order [
        before "authentication": "whoever probes has no credentials";
        before "concurrency_limit": "it is to answer all the more when there is much to do";
        before "rate_limit": "probes come more often than clients";
    ],
);

/// What oslo.config's files may set, too.
const OF_OSLO: [&str; 7] = [
    "backends",
    "disable_by_file_path",
    "disable_by_file_paths",
    "enable_by_file_paths",
    "detailed",
    "allowed_source_ranges",
    "ignore_proxied_requests",
];

fn healthcheck_app(settings: Healthcheck) -> anyhow::Result<App> {
    let health = Health::new(settings)?;
    Ok(App::at_once(move |exchange| match health.is_for(exchange) {
        true => health.answer(exchange),
        false => not_found(),
    }))
}

fn healthcheck_filter(settings: Healthcheck) -> anyhow::Result<Filter> {
    let path = settings.path.clone();
    if !path.starts_with('/') {
        let error = SettingError::new("path", format!("`{path}` does not begin with `/`"));
        return Err(error.help("no request has such a path").into());
    }
    let health = Health::new(settings)?;
    Ok(Filter::on_request(move |exchange| {
        let mount = exchange.mount();
        match path.strip_prefix(&*mount) {
            Some(rest) if rest == exchange.path() && health.is_for(exchange) => {
                ControlFlow::Break(health.answer(exchange))
            }
            _ => ControlFlow::Continue(()),
        }
    }))
}

struct Health {
    checks: Vec<Check>,
    detailed: bool,
    /// `None` for everybody.
    shown_details: Option<Networks>,
    /// `None` for everybody.
    answered: Option<Networks>,
    ignores_proxied: bool,
}

impl Health {
    fn new(settings: Healthcheck) -> Result<Health, SettingError> {
        let settings = settings.completed()?;
        let some = |key: &str, items: &[String]| {
            (!items.is_empty()).then(|| Networks::of(key, items)).transpose()
        };
        Ok(Health {
            detailed: settings.detailed.unwrap_or_default(),
            shown_details: some("detailed_source_ranges", &settings.detailed_source_ranges)?,
            answered: some(
                "allowed_source_ranges",
                settings.allowed_source_ranges.as_deref().unwrap_or_default(),
            )?,
            ignores_proxied: settings.ignore_proxied_requests.unwrap_or_default(),
            checks: settings.checks()?,
        })
    }

    /// Whether the client of this request is answered.
    fn is_for(&self, exchange: &Exchange) -> bool {
        let peer = exchange.connection().peer;
        let is_allowed = self.answered.as_ref().is_none_or(|networks| networks.has_peer(peer));
        let is_set = |name: &&str| exchange.headers().get(*name).is_some_and(|it| !it.is_empty());
        is_allowed && !(self.ignores_proxied && PROXIED.iter().any(is_set))
    }

    fn answer(&self, exchange: &Exchange) -> Response {
        let port = exchange.connection().local.map(|local| local.port());
        let mut outcomes: Vec<_> = self.checks.iter().map(|check| check.outcome(port)).collect();
        if outcomes.is_empty() {
            outcomes.push(Outcome::ok("There is nothing to check"));
        }
        let is_head = exchange.method() == Method::HEAD;
        if is_head && outcomes.iter().all(|outcome| outcome.is_available) {
            let mut response = Response::default();
            *response.status_mut() = StatusCode::NO_CONTENT;
            return response;
        }
        let accept = exchange.headers().get_all(ACCEPT).iter();
        let accept: SmallVec<[&str; 2]> = accept.filter_map(|it| it.to_str().ok()).collect();
        let media = Some(&accept).filter(|_| !is_head);
        let media = media.and_then(|accept| accept::preferred(accept, &page::OFFERS));
        let peer = exchange.connection().peer;
        let is_shown = |networks: &Networks| networks.has_peer(peer);
        let detailed = self.detailed && self.shown_details.as_ref().is_none_or(is_shown);
        page::answer(media.unwrap_or(page::OFFERS[0]), &outcomes, detailed)
    }
}

const PROXIED: [&str; 5] = [
    "x-forwarded",
    "x-forwarded-proto",
    "x-forwarded-host",
    "x-forwarded-for",
    "x-forwarded-prefix",
];

impl Healthcheck {
    /// These, and what an oslo.config file has beside them.
    fn completed(mut self) -> Result<Healthcheck, SettingError> {
        let oslo = Oslo {
            project: &self.oslo_config_project,
            program: &self.oslo_config_program,
            file: &self.oslo_config_file,
        };
        let file: Healthcheck = oslo.group("healthcheck", &OF_OSLO)?;
        self.backends = self.backends.or(file.backends);
        self.disable_by_file_path = self.disable_by_file_path.or(file.disable_by_file_path);
        self.disable_by_file_paths = self.disable_by_file_paths.or(file.disable_by_file_paths);
        self.enable_by_file_paths = self.enable_by_file_paths.or(file.enable_by_file_paths);
        self.detailed = self.detailed.or(file.detailed);
        self.allowed_source_ranges = self.allowed_source_ranges.or(file.allowed_source_ranges);
        self.ignore_proxied_requests =
            self.ignore_proxied_requests.or(file.ignore_proxied_requests);
        Ok(self)
    }

    fn checks(self) -> Result<Vec<Check>, SettingError> {
        let ports = self.disable_by_file_paths.unwrap_or_default();
        let files = self.enable_by_file_paths.unwrap_or_default();
        let ports = ports.iter().map(|item| port_and_path(item));
        let ports = ports.collect::<Result<Vec<_>, _>>()?;
        let mut backends = self.backends.unwrap_or_default();
        if backends.is_empty() {
            let given = [
                (Backend::DisableByFile, self.disable_by_file_path.is_some()),
                (Backend::DisableByFilesPorts, !ports.is_empty()),
                (Backend::EnableByFiles, !files.is_empty()),
            ];
            backends.extend(given.iter().filter(|(_, is_given)| *is_given).map(|(it, _)| *it));
        }
        let has = |backend| backends.contains(&backend);
        if has(Backend::DisableByFile) && has(Backend::EnableByFiles) {
            let message = "`enable_by_files` and `disable_by_file` exclude each other";
            return Err(SettingError::new("backends", message));
        }
        let check = |backend: &Backend| match backend {
            Backend::DisableByFile => Check::DisableByFile(self.disable_by_file_path.clone()),
            Backend::DisableByFilesPorts => Check::DisableByFilesPorts(ports.clone()),
            Backend::EnableByFiles => Check::EnableByFiles(files.clone()),
        };
        Ok(backends.iter().map(check).collect())
    }
}

#[cfg(test)]
mod tests;
