//! A map that keeps the order of insertion and is made for sections: a few names, many sections.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::lengths::Lengths;

/// What knows its own name.
pub(crate) trait Named {
    fn name(&self) -> &str;

    /// Whether that is `name`, which may be seen without looking at the whole.
    fn is(&self, name: &str) -> bool {
        self.name() == name
    }
}

/// Entries in the order in which their names came.
///
/// A section has five options, as a rule, and a file may have ten thousand sections: names are
/// compared one by one, and hashed only where there are many.
#[derive(Clone, Debug)]
pub(crate) struct Table<E> {
    entries: Vec<E>,
    lengths: Lengths,
    /// Positions by name, once there are more than [`FEW`].
    index: Option<Box<Index>>,
}

#[derive(Clone, Debug, Default)]
struct Index {
    positions: HashTable<usize>,
    hasher: RandomState,
}

const FEW: usize = 12;

impl<E> Default for Table<E> {
    fn default() -> Table<E> {
        Table::with_capacity(0)
    }
}

impl<E> Table<E> {
    pub(crate) fn with_capacity(capacity: usize) -> Table<E> {
        let entries = Vec::with_capacity(capacity);
        Table { entries, lengths: Lengths::default(), index: None }
    }
}

impl<E: Named> Table<E> {
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        if !self.lengths.may_hold(name) {
            return None;
        }
        let Some(index) = &self.index else {
            return self.entries.iter().position(|entry| entry.is(name));
        };
        let found =
            index.positions.find(index.hasher.hash_one(name), |at| self.entries[*at].is(name));
        found.copied()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&E> {
        self.position(name).map(|at| &self.entries[at])
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, E> {
        self.entries.iter()
    }

    /// Adds an entry, or puts it in the place of the one that has its name.
    pub(crate) fn insert(&mut self, entry: E) {
        match self.position(entry.name()) {
            Some(at) => self.entries[at] = entry,
            None => {
                self.lengths.add(entry.name());
                self.append(entry);
            }
        }
    }

    /// Adds an entry of name `name`, which is not there yet.
    pub(crate) fn push(&mut self, name: &str, entry: E) {
        self.lengths.add(name);
        self.append(entry);
    }

    fn append(&mut self, entry: E) {
        self.entries.push(entry);
        let at = self.entries.len() - 1;
        match &mut self.index {
            Some(index) => index.add(at, &self.entries),
            None if at >= FEW => self.reindex(),
            None => {}
        }
    }

    pub(crate) fn remove(&mut self, name: &str) -> Option<E> {
        self.position(name).map(|at| self.remove_at(at))
    }

    /// Takes out the entry at a position that there is.
    pub(crate) fn remove_at(&mut self, at: usize) -> E {
        let entry = self.entries.remove(at);
        if self.index.is_some() {
            self.reindex();
        }
        entry
    }

    fn reindex(&mut self) {
        let mut index = Box::<Index>::default();
        (0..self.entries.len()).for_each(|at| index.add(at, &self.entries));
        self.index = Some(index);
    }
}

impl Index {
    fn add<E: Named>(&mut self, at: usize, entries: &[E]) {
        let Index { positions, hasher } = self;
        let hash = |at: &usize| hasher.hash_one(entries[*at].name());
        positions.insert_unique(hash(&at), at, hash);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Pair(String, usize);

    impl Named for Pair {
        fn name(&self) -> &str {
            &self.0
        }
    }

    #[test]
    fn order_and_look_up_hold_for_few_and_many() {
        for count in [3, 40] {
            let pair = |at: usize, value: usize| Pair(format!("n{at}"), value);
            let value = |pair: Pair| pair.1;
            let mut table = Table::default();
            for at in 0..count {
                table.insert(pair(at, at));
            }
            table.insert(pair(1, 100));
            assert_eq!(table.remove("n0").map(value), Some(0));
            assert_eq!(table.remove("n0").map(value), None);
            assert_eq!(table.iter().next().map(|pair| pair.1), Some(100));
            assert_eq!(table.get("n2").map(|pair| pair.1), Some(2));
            assert_eq!(table.len(), count - 1);
        }
    }
}
