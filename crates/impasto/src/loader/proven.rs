//! Filters that were created already while a file is checked.

use std::cell::RefCell;
use std::sync::Arc;

use foldhash::HashMap;

use super::conf::Conf;
use super::tree::{Node, Tree};
use super::visit::VisitedSection;

/// Sections that a filter was made of, and with which settings: of a long chain, each link has all below it, and
/// making these again would find nothing new.
#[derive(Default)]
pub(super) struct Proven(RefCell<HashMap<VisitedSection, (Arc<Conf>, Conf)>>);

impl Proven {
    /// Whether a filter was made of this node's section, with the same settings.
    pub(super) fn has(&self, tree: &Tree, node: &Node) -> bool {
        let Some(visit) = &node.visit else { return false };
        let known = self.0.borrow();
        known.get(&visit.visited()).is_some_and(|(global, local)| {
            let own = &tree.globals[node.global];
            (Arc::ptr_eq(global, own) || **global == **own) && *local == tree.locals[node.local]
        })
    }

    /// Notes that one was made of this node's section.
    pub(super) fn note(&self, tree: &Tree, node: &Node) {
        if let Some(visit) = &node.visit {
            let settings =
                (Arc::clone(&tree.globals[node.global]), tree.locals[node.local].clone());
            self.0.borrow_mut().insert(visit.visited(), settings);
        }
    }
}
