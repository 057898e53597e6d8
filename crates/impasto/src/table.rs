//! A map that keeps the order of insertion and is made for sections: a few names, many sections.

use std::sync::Arc;

use foldhash::HashMap;
use foldhash::HashMapExt;

/// Names and values in the order in which the names came.
///
/// A section has five options, as a rule, and a file may have ten thousand sections: names are
/// compared one by one, and hashed only where there are many.
#[derive(Clone, Debug)]
pub(crate) struct Table<V> {
    entries: Vec<(Arc<str>, V)>,
    /// Positions by name, once there are more than [`FEW`].
    index: Option<Box<HashMap<Arc<str>, usize>>>,
}

const FEW: usize = 12;

impl<V> Default for Table<V> {
    fn default() -> Table<V> {
        Table { entries: Vec::new(), index: None }
    }
}

impl<V> Table<V> {
    pub(crate) fn with_capacity(capacity: usize) -> Table<V> {
        Table { entries: Vec::with_capacity(capacity), index: None }
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        match &self.index {
            Some(index) => index.get(name).copied(),
            None => self.entries.iter().position(|(known, _)| **known == *name),
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&V> {
        self.position(name).map(|at| &self.entries[at].1)
    }

    pub(crate) fn at(&self, index: usize) -> Option<(&Arc<str>, &V)> {
        self.entries.get(index).map(|(name, value)| (name, value))
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (&Arc<str>, &V)> {
        self.entries.iter().map(|(name, value)| (name, value))
    }

    /// Gives `name` a value; a name that is there already keeps its position.
    pub(crate) fn insert(&mut self, name: Arc<str>, value: V) {
        match self.position(&name) {
            Some(at) => self.entries[at].1 = value,
            None => self.push(name, value),
        }
    }

    /// Adds a name that is not there yet.
    pub(crate) fn push(&mut self, name: Arc<str>, value: V) {
        if let Some(index) = &mut self.index {
            index.insert(Arc::clone(&name), self.entries.len());
        }
        self.entries.push((name, value));
        if self.index.is_none() && self.entries.len() > FEW {
            self.reindex();
        }
    }

    pub(crate) fn remove(&mut self, name: &str) -> Option<V> {
        let at = self.position(name)?;
        let (_, value) = self.entries.remove(at);
        if self.index.is_some() {
            self.reindex();
        }
        Some(value)
    }

    fn reindex(&mut self) {
        let mut index = HashMap::with_capacity(self.entries.len());
        index.extend(self.entries.iter().enumerate().map(|(at, (name, _))| (Arc::clone(name), at)));
        self.index = Some(Box::new(index));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_look_up_hold_for_few_and_many() {
        for count in [3, 40] {
            let name = |at: usize| -> Arc<str> { format!("n{at}").into() };
            let mut table = Table::default();
            for at in 0..count {
                table.insert(name(at), at);
            }
            table.insert(name(1), 100);
            assert_eq!(table.remove("n0"), Some(0));
            assert_eq!(table.remove("n0"), None);
            assert_eq!(table.at(0).map(|(name, value)| (&**name, *value)), Some(("n1", 100)));
            assert_eq!(table.get("n2"), Some(&2));
            assert_eq!(table.len(), count - 1);
        }
    }
}
