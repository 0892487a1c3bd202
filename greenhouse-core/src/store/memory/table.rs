use std::collections::{BTreeMap, BTreeSet};

use crate::store::Write;

/// Record with a version.
pub(super) trait Record<K> {
    fn key(&self) -> &K;
    fn version(&self) -> u64;
    fn set_version(&mut self, version: u64);
}

/// Records of one kind, by key.
#[derive(Debug)]
pub(super) struct Table<K, R>(BTreeMap<K, R>);

impl<K, R> Default for Table<K, R> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord + Clone, R: Record<K> + Clone> Table<K, R> {
    pub(super) fn row(&self, key: &K) -> Option<R> {
        self.0.get(key).cloned()
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &R> {
        self.0.values()
    }

    /// Changes every row that `matches` accepts. Versions are incremented, so that an older
    /// decision cannot restore the row.
    pub(super) fn update(&mut self, matches: impl Fn(&R) -> bool, change: impl Fn(&mut R)) {
        for row in self.0.values_mut().filter(|row| matches(row)) {
            change(row);
            row.set_version(row.version() + 1);
        }
    }

    pub(super) fn find(&self, matches: impl Fn(&R) -> bool) -> Vec<R> {
        self.0
            .values()
            .filter(|row| matches(row))
            .cloned()
            .collect()
    }

    pub(super) fn remove(&mut self, key: &K) {
        self.0.remove(key);
    }

    /// Returns `true` if every write has the stored version and no record is written twice.
    pub(super) fn accepts(&self, writes: &[Write<R>]) -> bool {
        let mut keys = BTreeSet::new();
        writes.iter().all(|write| {
            let (Write::Put(record) | Write::Remove(record)) = write;
            keys.insert(record.key())
                && self.0.get(record.key()).map_or(0, R::version) == record.version()
        })
    }

    pub(super) fn write(&mut self, writes: Vec<Write<R>>) {
        for write in writes {
            match write {
                Write::Put(mut record) => {
                    record.set_version(record.version() + 1);
                    self.0.insert(record.key().clone(), record);
                }
                Write::Remove(record) => {
                    self.0.remove(record.key());
                }
            }
        }
    }
}
