//! The master's part of a reload: it reads the files, and says what came of it.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Instant, SystemTime};

use impasto::{Loader, Snapshot};

use super::log::complain;
use super::{Master, pid_file, pid_file_path, start};
use crate::bind::bind;
use crate::launcher::control::{LastReload, Outcome, Reply, Verdict};
use crate::launcher::machine::{Change, Event, Fault};
use crate::launcher::pid_file::PidFile;
use crate::launcher::reread::NotReread;
use crate::launcher::served::{self, NotServed, Served};
use crate::launcher::systemd::State;
use crate::service::{Faults, Service, Source};

impl Master {
    pub(super) fn begin_reload(&mut self) {
        self.systemd.tell(&[State::Reloading]);
        self.reload_began = Instant::now();
        self.attempt += 1;
        // Answers that nobody has looked at yet are about the reload before.
        self.queue.retain(|it| !matches!(it, Event::Prepared(..) | Event::Swapped(_)));
        self.changes.clear();
        self.answered.append(&mut self.waiting);
        let mut sought = Vec::new();
        let loaded = self.load(&mut sought);
        match loaded {
            Ok(_) => self.watch_files(),
            // What is wrong may be in a file that is new, and is to be mended there.
            Err(_) => self.watch_also(&sought),
        }
        self.queue.push_front(Event::Loaded(loaded));
    }

    /// Reads the files again, and says which.
    fn load(&mut self, sought: &mut Vec<PathBuf>) -> Result<Change, Fault> {
        let before = self.generations.get(&self.machine.current());
        let before = before.map(Vec::as_slice).unwrap_or_default();
        let reread = || match &mut self.reread {
            Some(reread) => reread(),
            None => again(before),
        };
        let services = catch_unwind(AssertUnwindSafe(reread))
            .map_err(|_panic| {
                Fault::Failed("reading the configuration panicked; see the log".into())
            })?
            .map_err(|not| {
                sought.extend(not.files);
                Fault::Wrong(not.problems.to_string())
            })?;
        let new = served::serve(services.clone(), before, bind).map_err(|error| match error {
            NotServed::Order(_) => Fault::Failed(error.to_string()),
            NotServed::Faults(known) => {
                let faults = start::with_apps(services.clone(), known);
                match faults.problems() {
                    Some(_) => Fault::Wrong(faults.to_string()),
                    None => Fault::Failed(faults.to_string()),
                }
            }
        });
        sought.extend(services.iter().flat_map(Service::files));
        let new = new?;
        let pid_file = self.another_pid_file(&new).map_err(Fault::Wrong)?;
        let change = match served::can_swap(before, &new) {
            true => Change::Swap,
            false => Change::Generation(served::plans(&new)),
        };
        (self.loaded, self.next_pid_file) = (Some(new), pid_file);
        Ok(change)
    }

    /// What was loaded is what is served from now on.
    pub(super) fn adopt(&mut self) {
        let Some(loaded) = self.loaded.take() else { return };
        let before = self.generations.values().next_back();
        self.changes = served::changes(before.map(Vec::as_slice).unwrap_or_default(), &loaded);
        self.revision += 1;
        loaded.iter().for_each(Served::tune);
        self.asked.board.serve(loaded.iter().map(|served| &served.service));
        let next_pid_file = self.next_pid_file.take();
        if next_pid_file.is_some() || pid_file_path(&loaded).is_none() {
            self.pid_file = next_pid_file;
        }
        self.generations.insert(self.machine.current(), loaded);
    }

    /// The pid file that is asked for, where this process does not have it yet.
    fn another_pid_file(&self, loaded: &[Served]) -> Result<Option<PidFile>, String> {
        let path = pid_file_path(loaded);
        let has = |path| self.pid_file.as_ref().is_some_and(|file| file.is_at(path));
        if path.is_some_and(has) { Ok(None) } else { pid_file(loaded, false) }
    }

    /// Tells the log, and everybody who asked.
    pub(super) fn end_reload(&mut self, outcome: Result<(), Fault>) {
        let took = self.reload_began.elapsed();
        let (verdict, text) = match outcome {
            Ok(()) => (Verdict::Applied, mem::take(&mut self.changes)),
            Err(Fault::Wrong(text)) => (Verdict::WrongConfiguration, text),
            Err(Fault::Failed(text)) => (Verdict::Failed, text),
        };
        match verdict {
            Verdict::Applied => tracing::info!("reloaded in {took:.1?}:\n{text}"),
            _ => {
                tracing::error!("not reloaded: what was served is served on");
                complain(&text);
            }
        }
        let status = match verdict {
            Verdict::Applied => "serving",
            _ => "serving; the last reload failed",
        };
        self.systemd.tell(&[State::Ready, State::Status(status)]);
        let outcome = Outcome { verdict, text };
        for client in mem::take(&mut self.answered) {
            self.reply(client, &Reply::Reloaded(outcome.clone()));
        }
        self.last_reload = Some(LastReload { when: SystemTime::now(), outcome, took });
    }
}

/// The same services, as their files have them now. A file is read once for all of its services.
fn again(before: &[Served]) -> Result<Vec<Service>, NotReread> {
    let mut read: Vec<(&Source, Option<Loader>)> = Vec::new();
    let mut problems = Vec::new();
    let mut services = Vec::new();
    for service in before.iter().map(|served| &served.service) {
        let source = service.source();
        if !read.iter().any(|(known, _)| known.shares_file(source)) {
            let opened = source.open(Snapshot::default());
            read.push((source, opened.map_err(|wrong| problems.extend(wrong)).ok()));
        }
        let known = read.iter().find(|(known, _)| known.shares_file(source));
        // What is wrong with the file itself has been said.
        let Some(loader) = known.and_then(|(_, loader)| loader.as_ref()) else { continue };
        match service.again(loader) {
            Ok(service) => services.push(service),
            Err(wrong) => problems.extend(wrong),
        }
    }
    if problems.is_empty() {
        return Ok(services);
    }
    let mut faults = Faults::new();
    faults.add(problems);
    for (source, loader) in &read {
        let of_file = before.iter().map(|served| served.service.source());
        let names = of_file.filter(|it| it.shares_file(source)).map(|it| it.name.as_deref());
        if let Some(loader) = loader {
            faults.add_apps(loader, &names.collect::<Vec<_>>());
        }
    }
    let loaders = read.into_iter().filter_map(|(_, loader)| loader);
    let files = loaders.flat_map(|loader| loader.sought()).collect();
    Err(NotReread { problems: faults.problems().unwrap_or_default(), files })
}
