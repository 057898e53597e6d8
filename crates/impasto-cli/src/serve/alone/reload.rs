//! Reloading in one process: what is new is composed beside what is served, and takes its place between
//! requests. Whatever is wrong with it leaves everything as it was.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use impasto::{Code, Problem, Problems, Swap};
use impasto_server::{
    Acceptor, Http, Live, NotReread, Service, Stderr, Stop, TlsContents, TlsLive, Urgency, Watch,
};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{Alone, Asked, Kept};

/// How often files are looked at; a change is one when it is the same at two looks.
const LOOK: Duration = Duration::from_millis(500);

/// A service of ours while it serves.
pub(super) struct Serving {
    pub(super) service: Service,
    pub(super) swap: Arc<Swap>,
    pub(super) live: Live,
    pub(super) tls: TlsLive,
    pub(super) tls_files: TlsContents,
}

/// All of them, and what makes them reload.
pub(super) struct Running {
    asked: Asked,
    services: Vec<Serving>,
    hup: Signal,
    watch: Option<Watch>,
}

/// What may take the place of what is served.
struct Next {
    alone: Alone,
    tls: Option<Acceptor>,
    tls_files: TlsContents,
}

impl Running {
    /// From now on the HUP signal ends nothing by itself.
    pub(super) fn new(asked: Asked) -> io::Result<Running> {
        let watch = asked.watch.then(Watch::default);
        Ok(Running { asked, services: Vec::new(), hup: signal(SignalKind::hangup())?, watch })
    }

    pub(super) fn add(&mut self, serving: Serving) {
        self.services.push(serving);
    }

    /// Reloads whenever that is asked for, until the stop.
    pub(super) async fn until(mut self, stop: Stop) {
        let mut looks = tokio::time::interval(LOOK);
        loop {
            tokio::select! {
                () = stop.reached(Urgency::Graceful) => return,
                _ = self.hup.recv() => match self.services.first() {
                    Some(first) if first.service.settings().reloads_on_hup() => self.reload().await,
                    _ => {
                        tracing::info!("HUP is the end: `reload_on_hup` says so, or the terminal is gone");
                        stop.graceful();
                    }
                },
                _ = looks.tick() => {
                    if self.watch.as_mut().is_some_and(Watch::has_changed) {
                        self.reload().await;
                    }
                }
            }
        }
    }

    /// Watches the files that were read last.
    pub(super) fn watch_files(&mut self) {
        if let Some(watch) = &mut self.watch {
            watch.read(self.services.iter().flat_map(|it| it.service.files()));
        }
    }

    async fn reload(&mut self) {
        let begun = Instant::now();
        let asked = self.asked.clone();
        let served: Vec<_> = self.services.iter().map(|it| it.tls_files.clone()).collect();
        // Factories may take their time.
        let composed = tokio::task::spawn_blocking(move || compose(&asked, &served)).await;
        let problems = match composed {
            Ok(Ok(next)) if self.fits(&next) => {
                let changes = self.changes(&next);
                self.take(next);
                let took = begun.elapsed();
                return tracing::info!("reloaded in {took:.1?}:\n{changes}");
            }
            Ok(Ok(_)) => one("other apps are to be served, which takes a start anew"),
            Ok(Err(not)) => {
                // What is wrong may be in a file that is new, and is to be mended there.
                if let Some(watch) = &mut self.watch {
                    watch.also(not.files);
                }
                not.problems
            }
            Err(_panic) => one("reading the configuration panicked; see the log"),
        };
        tracing::error!("not reloaded: what was served is served on");
        // Nobody may be left to read it.
        let _ = Stderr.write_all(format!("{problems}\n").as_bytes());
    }

    /// Whether the same apps are to be served, each by a server of ours.
    fn fits(&self, next: &[Next]) -> bool {
        let next = next.iter().map(|next| next.alone.service().map(Service::name));
        next.eq(self.services.iter().map(|it| Some(it.service.name())))
    }

    /// The sections that have changed.
    fn changes(&self, next: &[Next]) -> String {
        let new = next.first().and_then(|next| next.alone.service());
        match new.zip(self.services.first()) {
            Some((new, old)) => {
                let changes = new.loader().changes_since(old.service.loader());
                match changes.is_empty() {
                    true => "no section has changed".to_owned(),
                    false => changes.to_string(),
                }
            }
            None => String::new(),
        }
    }

    fn take(&mut self, next: Vec<Next>) {
        for (serving, Next { alone, tls, tls_files }) in self.services.iter_mut().zip(next) {
            let Kept::Own(service, _) = alone.server else { continue };
            for setting in kept(serving.service.settings(), service.settings()) {
                let app = service.name();
                tracing::warn!(app, "`{setting}` stays as it was: it takes a start anew");
            }
            // A server has been made of these settings.
            if let Err(error) = serving.live.set(service.settings()) {
                tracing::error!(%error, "settings cannot be taken over");
            }
            serving.tls.set(tls);
            serving.tls_files = tls_files;
            serving.swap.store(alone.app);
            serving.service = *service;
        }
        self.watch_files();
    }
}

/// Everything anew, short of listening.
fn compose(asked: &Asked, served: &[TlsContents]) -> Result<Vec<Next>, NotReread> {
    let composed = asked.create()?;
    let with_tls = |alone: Alone| {
        let (tls_files, tls) = match alone.service() {
            None => Default::default(),
            Some(service) => {
                let read = TlsContents::read_after(service.settings(), served.iter());
                read.map_err(|errors| NotReread {
                    problems: service.refused_files(&errors),
                    files: service.files(),
                })?
            }
        };
        let warnings = tls.iter().flat_map(Acceptor::warnings);
        warnings.for_each(|warning| tracing::warn!("{warning}"));
        Ok(Next { alone, tls, tls_files })
    };
    composed.into_iter().map(with_tls).collect()
}

/// The settings that differ and that a process cannot change about itself.
fn kept(old: &Http, new: &Http) -> Vec<&'static str> {
    let differing = [
        ("listen", old.addresses() != new.addresses()),
        ("socket_mode", old.socket_mode != new.socket_mode),
        ("backlog", old.backlog != new.backlog),
        ("tcp_keepalive", old.tcp_keepalive != new.tcp_keepalive),
        ("workers", old.workers != new.workers),
        ("threads", old.threads != new.threads),
        ("pid_file", old.pid_file != new.pid_file),
    ];
    differing.into_iter().filter(|(_, differs)| *differs).map(|(setting, _)| setting).collect()
}

fn one(message: &str) -> Problems {
    Problem::error(Code::FactoryFailed, message).into()
}
