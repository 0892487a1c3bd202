//! Values that were read a short time ago, for callers that accept an older value.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};

use crate::later;

/// A bounded cache of values with the time at which each was read.
///
/// The caller decides how old a value may be. A value can also be given up before it is stored: see
/// [`begin`](Self::begin).
pub struct Recent<K, V> {
    capacity: usize,
    entries: Mutex<Entries<K, V>>,
}

struct Entries<K, V> {
    by_key: BTreeMap<K, (DateTime<Utc>, V)>,
    /// Number of calls of [`Recent::forget`].
    forgotten: u64,
}

/// A read that has begun. Its value is stored only if nothing was forgotten meanwhile.
#[derive(Debug, Clone, Copy)]
pub struct BegunRead {
    at: DateTime<Utc>,
    forgotten: u64,
}

impl<K: Ord + Clone, V: Clone> Recent<K, V> {
    /// Creates an empty cache for at most `capacity` values.
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity,
            entries: Mutex::new(Entries {
                by_key: BTreeMap::new(),
                forgotten: 0,
            }),
        }
    }

    /// Returns the value of a key. `None` if there is none, or if it was read `max_age` ago or
    /// earlier. A value with a later time than `now` is not returned either, because a clock was
    /// set back.
    pub fn get(&self, key: &K, now: DateTime<Utc>, max_age: Duration) -> Option<V> {
        let entries = self.entries();
        let (at, value) = entries.by_key.get(key)?;
        (*at <= now && now < later(*at, max_age)).then(|| value.clone())
    }

    /// Begins a read whose value is stored with [`put`](Self::put).
    pub fn begin(&self, now: DateTime<Utc>) -> BegunRead {
        BegunRead {
            at: now,
            forgotten: self.entries().forgotten,
        }
    }

    /// Stores the value of a read, with the time at which the read began. Removes the oldest value
    /// if the cache is full. Stores nothing if a value was forgotten since the read began.
    pub fn put(&self, key: K, value: V, read: BegunRead) {
        let mut entries = self.entries();
        if entries.forgotten != read.forgotten {
            return;
        }
        if entries.by_key.len() >= self.capacity && !entries.by_key.contains_key(&key) {
            let oldest = entries.by_key.iter().min_by_key(|(_, (at, _))| *at);
            let oldest = oldest.map(|(key, _)| key.clone());
            oldest.and_then(|key| entries.by_key.remove(&key));
        }
        entries.by_key.insert(key, (read.at, value));
    }

    /// Removes a value that is no longer correct.
    pub fn forget(&self, key: &K) {
        let mut entries = self.entries();
        entries.by_key.remove(key);
        entries.forgotten = entries.forgotten.wrapping_add(1);
    }

    fn entries(&self) -> MutexGuard<'_, Entries<K, V>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K, V> fmt::Debug for Recent<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recent")
            .field("capacity", &self.capacity)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(second)
    }

    #[test]
    fn a_value_is_returned_up_to_the_age_that_the_caller_accepts() {
        let recent = Recent::new(2);
        recent.put("a", 1, recent.begin(at(0)));
        for (now, max_age, expected) in [
            (at(0), MINUTE, Some(1)),
            (at(59), MINUTE, Some(1)),
            (at(60), MINUTE, None),
            (at(60), MINUTE * 2, Some(1)),
            (at(0), Duration::ZERO, None),
            (at(-1), MINUTE, None),
        ] {
            assert_eq!(
                recent.get(&"a", now, max_age),
                expected,
                "{now} {max_age:?}"
            );
        }
        assert_eq!(recent.get(&"b", at(0), MINUTE), None);
    }

    #[test]
    fn a_full_cache_loses_the_oldest_value() {
        let recent = Recent::new(2);
        for (key, second) in [("a", 1), ("b", 0), ("a", 2), ("c", 3)] {
            recent.put(key, second, recent.begin(at(second)));
        }
        let found = ["a", "b", "c"].map(|key| recent.get(&key, at(3), MINUTE));
        assert_eq!(found, [Some(2), None, Some(3)]);
    }

    #[test]
    fn a_value_that_was_read_before_a_change_is_not_stored_after_it() {
        let recent = Recent::new(2);
        let read = recent.begin(at(0));
        recent.forget(&"a");
        recent.put("a", 1, read);
        assert_eq!(recent.get(&"a", at(0), MINUTE), None);
        recent.put("a", 2, recent.begin(at(0)));
        assert_eq!(recent.get(&"a", at(0), MINUTE), Some(2));
        recent.forget(&"a");
        assert_eq!(recent.get(&"a", at(0), MINUTE), None);
    }
}
