//! Keys that are fetched, and fetched again.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use arc_swap::ArcSwapOption;
use bytes::Bytes;
use http::header::ACCEPT;
use http::{Request, StatusCode};
use impasto::SettingError;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::Jwt;
use super::keys::{Keys, Secrets};
use crate::client::Address;

/// How long nothing is fetched after something was, so that tokens of unknown keys cost the address nothing.
pub(super) const PAUSE: Duration = Duration::from_secs(10);

/// Where keys come from.
pub(super) struct Source {
    address: Address,
    /// How long keys are taken for new.
    refresh: Duration,
    known: ArcSwapOption<Fetched>,
    /// When the last attempt ended. It is locked during one, so that there is only one.
    attempted: Mutex<Option<Instant>>,
}

struct Fetched {
    keys: Arc<Keys>,
    when: Instant,
}

impl Source {
    pub(super) fn of(settings: &Jwt) -> Result<Source, SettingError> {
        let text = settings.jwks_url.as_deref().unwrap_or_default();
        if settings.refresh.get() < PAUSE {
            return Err(SettingError::new("refresh", "must be 10s or more"));
        }
        let ca_file = settings.jwks_ca_file.as_deref().map(|path| ("jwks_ca_file", path));
        let address = Address::of("jwks_url", text, ca_file)?;
        if !address.is_encrypted() && !is_here(address.host()) {
            let message = format!("{text:?} is not on this machine, and so must be https");
            let error = SettingError::new("jwks_url", message);
            return Err(error.help("who can change the keys on the way can sign tokens"));
        }
        Ok(Source {
            address,
            refresh: settings.refresh.get(),
            known: ArcSwapOption::empty(),
            attempted: Mutex::new(None),
        })
    }

    /// The keys, as far as there are any. Old ones are good until there are new ones, which are fetched
    /// meanwhile.
    pub(super) fn keys(self: &Arc<Source>) -> Option<Arc<Keys>> {
        let known = self.known.load();
        let fetched = known.as_ref()?;
        if fetched.when.elapsed() >= self.refresh && self.may_attempt() {
            let source = self.clone();
            tokio::spawn(async move { source.attempt().await });
        }
        Some(fetched.keys.clone())
    }

    /// Fetches the keys, unless that was done just now.
    pub(super) async fn renew(self: &Arc<Source>) {
        let source = self.clone();
        // In a task of its own, so that others get the keys when the client who asked first has gone.
        let _ = tokio::spawn(async move { source.attempt().await }).await;
    }

    /// Whether nobody attempts it now, or did a moment ago.
    fn may_attempt(&self) -> bool {
        self.attempted.try_lock().is_ok_and(|last| is_past(*last))
    }

    async fn attempt(&self) {
        let mut last = self.attempted.lock().await;
        if !is_past(*last) {
            return;
        }
        match self.fetched().await {
            Ok(keys) => {
                let fetched = Fetched { keys: Arc::new(keys), when: Instant::now() };
                self.known.store(Some(Arc::new(fetched)));
            }
            Err(error) => {
                let address = &self.address;
                tracing::warn!(%address, "keys for tokens cannot be fetched: {error:#}");
            }
        }
        *last = Some(Instant::now());
    }

    async fn fetched(&self) -> anyhow::Result<Keys> {
        let request =
            Request::get("/").header(ACCEPT, "application/jwk-set+json, application/json");
        let answer = self.address.ask(request.body(Bytes::new())?).await?;
        ensure!(answer.status() == StatusCode::OK, "the answer is {}", answer.status());
        Keys::of_set(answer.body(), Secrets::AreRefused)
    }
}

/// Whether this is a name or an address of this machine.
fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn is_past(last: Option<Instant>) -> bool {
    last.is_none_or(|last| last.elapsed() >= PAUSE)
}
