use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::header::{ACCEPT, HOST, USER_AGENT};
use impasto::{App, Body, Connection, Factory, Filter, Request, Response};

use crate::{Check, Example, checks};

/// How long one check may take.
const LONGEST: Duration = Duration::from_secs(60);

/// A filter, and how it is to be held to the rules.
#[must_use = "nothing is checked before `run` or `assert`"]
pub struct Conformance {
    name: String,
    filter: Filter,
    change: Arc<dyn Fn(&mut Request) + Send + Sync>,
    connection: Arc<Connection>,
    exceptions: Vec<(Check, String)>,
    allocations: u64,
    /// What the filter uses while it is there.
    _example: Option<Example>,
}

impl Conformance {
    /// A filter of yours.
    pub fn of(filter: Filter) -> Conformance {
        Conformance {
            name: format!("{filter:?}"),
            filter,
            change: Arc::new(|_| ()),
            connection: Arc::default(),
            exceptions: Vec::new(),
            allocations: 0,
            _example: None,
        }
    }

    /// The filter of a factory's documented example: the first `[filter:...]` section in it, loaded from a file.
    ///
    /// # Errors
    ///
    /// When the factory makes no filter, shows none, or its example does not load.
    pub fn of_factory(factory: &Factory) -> anyhow::Result<Conformance> {
        let example = Example::of(factory)?;
        let conformance = Conformance::of(example.filter().clone());
        Ok(Conformance { name: factory.name().to_owned(), _example: Some(example), ..conformance })
    }

    /// Changes every request before it is sent, so that the filter lets it pass: with credentials, for example.
    pub fn request(mut self, change: impl Fn(&mut Request) + Send + Sync + 'static) -> Conformance {
        self.change = Arc::new(change);
        self
    }

    /// Lets every request come over this connection; without it they come over none that has addresses.
    pub fn connection(mut self, connection: Connection) -> Conformance {
        self.connection = Arc::new(connection);
        self
    }

    /// Expects a check to fail, because of the filter's nature. When it does not fail, that is reported.
    pub fn except(mut self, check: Check, reason: impl Into<String>) -> Conformance {
        self.exceptions.push((check, reason.into()));
        self
    }

    /// Allows so many allocations for a request, because of the filter's nature: none unless this is said.
    /// When there are fewer, that is reported.
    #[cfg(feature = "allocations")]
    pub fn allocates(mut self, allocations: u64, _reason: &str) -> Conformance {
        self.allocations = allocations;
        self
    }

    /// Makes all checks, on a runtime of its own with several threads.
    pub fn run(&self) -> Report {
        let mut report = Report { name: self.name.clone(), failures: Vec::new() };
        for check in Check::ALL {
            let failure = self.check(*check).err();
            let reason = self.exceptions.iter().find(|(excepted, _)| excepted == check);
            match (failure, reason) {
                (Some(failure), None) => report.failures.push((*check, format!("{failure:#}"))),
                (None, Some((_, reason))) => {
                    let text = format!("passes, so the exception is not needed: {reason}");
                    report.failures.push((*check, text));
                }
                _ => {}
            }
        }
        report
    }

    /// Makes all checks.
    ///
    /// # Panics
    ///
    /// When a rule is broken; the message says which, and how.
    #[track_caller]
    pub fn assert(&self) {
        let report = self.run();
        assert!(report.is_good(), "{report}");
    }

    fn check(&self, check: Check) -> anyhow::Result<()> {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build()?;
        let ended = runtime.block_on(async {
            let checked = checks::run(check, self);
            tokio::time::timeout(LONGEST, checked).await
        });
        runtime.shutdown_timeout(Duration::from_secs(1));
        ended.unwrap_or_else(|_| anyhow::bail!("it did not end within {LONGEST:?}"))
    }

    /// `app` inside of the filter.
    pub(crate) fn around(&self, app: App) -> App {
        app.filtered(std::slice::from_ref(&self.filter))
    }

    /// The answer of an app to a request.
    pub(crate) fn ask(
        &self,
        app: &App,
        mut request: Request,
    ) -> impl Future<Output = Response> + Send + use<> {
        (self.change)(&mut request);
        app.clone().handle(request, Some(self.connection.clone()))
    }

    pub(crate) fn allocations(&self) -> u64 {
        self.allocations
    }
}

/// A request as any client may send it.
pub(crate) fn request(method: &str, body: Body) -> Request {
    let mut request = Request::new(body);
    *request.method_mut() = method.parse().unwrap_or_default();
    *request.uri_mut() = http::Uri::from_static("/conformance?of=filters");
    for (name, value) in [(HOST, "example.org"), (USER_AGENT, "conformance"), (ACCEPT, "*/*")] {
        request.headers_mut().insert(name, http::HeaderValue::from_static(value));
    }
    request
}

/// Which rules a filter breaks.
#[derive(Debug)]
pub struct Report {
    name: String,
    failures: Vec<(Check, String)>,
}

impl Report {
    /// Whether it breaks none.
    pub fn is_good(&self) -> bool {
        self.failures.is_empty()
    }

    /// The rules that are broken, and how.
    pub fn failures(&self) -> &[(Check, String)] {
        &self.failures
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_good() {
            return write!(f, "{} keeps all rules", self.name);
        }
        write!(f, "{} breaks rules:", self.name)?;
        for (check, failure) in &self.failures {
            write!(f, "\n  {check}: {failure}")?;
        }
        Ok(())
    }
}
