//! A service as a launcher has it: nova's `ServiceWrapper`.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use crate::service::Service;

/// A service that is launched.
#[derive(Clone, Debug)]
pub struct ServiceWrapper {
    /// What is served.
    pub service: Service,
    /// By how many workers; at least one.
    pub workers: usize,
    /// The numbers of its workers' processes, also of those that only finish what they have begun.
    pub children: BTreeSet<u32>,
    /// When the last of them were started, the oldest first: as many as there are to be workers.
    pub forktimes: VecDeque<SystemTime>,
}

impl ServiceWrapper {
    pub(super) fn new(service: Service, workers: usize) -> ServiceWrapper {
        ServiceWrapper { service, workers, children: BTreeSet::new(), forktimes: VecDeque::new() }
    }
}

/// The services of a launcher, for other threads to look at; clones are the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Board(Arc<Mutex<Known>>);

/// A reload starts processes before it is known whether their service is to be served.
#[derive(Debug, Default)]
struct Known {
    services: Vec<Service>,
    /// By their numbers, of which service.
    children: BTreeMap<u32, String>,
    forktimes: BTreeMap<String, VecDeque<SystemTime>>,
}

impl Board {
    pub(super) fn services(&self) -> Vec<ServiceWrapper> {
        let known = self.lock();
        let wrapped = |service: &Service| {
            let mut wrapper = ServiceWrapper::new(service.clone(), workers(service));
            let children = known.children.iter().filter(|(_, of)| *of == service.name());
            wrapper.children = children.map(|(pid, _)| *pid).collect();
            wrapper.forktimes = known.forktimes.get(service.name()).cloned().unwrap_or_default();
            wrapper
        };
        known.services.iter().map(wrapped).collect()
    }

    /// These are served from now on.
    pub(super) fn serve<'a>(&self, services: impl Iterator<Item = &'a Service>) {
        let mut known = self.lock();
        known.services = services.cloned().collect();
        let Known { services, forktimes, .. } = &mut *known;
        forktimes.retain(|name, _| services.iter().any(|service| service.name() == name));
    }

    pub(super) fn forked(&self, service: &Service, pid: u32) {
        let mut known = self.lock();
        known.children.insert(pid, service.name().to_owned());
        let times = known.forktimes.entry(service.name().to_owned()).or_default();
        times.push_back(SystemTime::now());
        while times.len() > workers(service) {
            times.pop_front();
        }
    }

    pub(super) fn ended(&self, pid: u32) {
        self.lock().children.remove(&pid);
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn workers(service: &Service) -> usize {
    service.settings().workers.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use impasto::Loader;

    #[test]
    fn children_and_the_times_of_forks_are_those_of_the_service() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.ini");
        let text = "[app:main]\nuse = egg:impasto-none#x\n[server:main]\nuse = egg:impasto#http\n\
                    workers = 2\n";
        std::fs::write(&path, text).unwrap();
        let loader = Loader::open(&path).unwrap();
        let service = Service::from_config(&loader, None).unwrap();
        let board = Board::default();
        board.serve([&service].into_iter());
        (1..=3).for_each(|pid| board.forked(&service, pid));
        board.ended(2);
        // A reload.
        board.serve([&service].into_iter());
        let services = board.services();
        assert_eq!((services.len(), services[0].workers), (1, 2));
        assert!(services[0].children.iter().eq(&[1, 3]));
        assert_eq!(services[0].forktimes.len(), 2);
        assert!(services[0].forktimes.iter().is_sorted());
    }
}
