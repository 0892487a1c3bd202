use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use bytes::Bytes;

/// Limit on the bytes of all request bodies that are in memory at once. Clones share the limit.
///
/// A body reserves bytes as they arrive, and keeps them until its request has been answered. If too
/// few bytes are free, the response is 503. The request does not wait, because a waiting body needs
/// memory as well.
///
/// ```
/// use greenhouse_core::body::BodyBudget;
///
/// let budget = BodyBudget::new(1000);
/// let mut first = budget.share();
/// assert!(first.grow(800));
/// assert!(!budget.share().grow(300));
/// drop(first);
/// assert!(budget.share().grow(300));
/// ```
#[derive(Clone)]
pub struct BodyBudget {
    free: Arc<AtomicUsize>,
    bytes: usize,
}

impl BodyBudget {
    /// Creates a budget of this many bytes.
    pub fn new(bytes: usize) -> Self {
        Self {
            free: Arc::new(AtomicUsize::new(bytes)),
            bytes,
        }
    }

    /// The whole budget, in bytes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Number of bytes that are not reserved.
    pub fn free(&self) -> usize {
        self.free.load(Relaxed)
    }

    /// Creates the share of one body, with no bytes reserved yet.
    pub fn share(&self) -> BodyShare {
        BodyShare {
            budget: self.clone(),
            bytes: 0,
        }
    }
}

impl fmt::Debug for BodyBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BodyBudget")
            .field("bytes", &self.bytes)
            .field("free", &self.free())
            .finish()
    }
}

/// Share of one body in a [`BodyBudget`]. Dropping it returns the bytes to the budget.
#[derive(Debug)]
pub struct BodyShare {
    budget: BodyBudget,
    bytes: usize,
}

impl BodyShare {
    /// Reserves more bytes for the body. Returns `false`, and reserves nothing, if too few are
    /// free.
    pub fn grow(&mut self, bytes: usize) -> bool {
        let taken = self
            .budget
            .free
            .fetch_update(Relaxed, Relaxed, |free| free.checked_sub(bytes));
        if taken.is_ok() {
            self.bytes += bytes;
        }
        taken.is_ok()
    }
}

impl Drop for BodyShare {
    fn drop(&mut self) {
        self.budget.free.fetch_add(self.bytes, Relaxed);
    }
}

/// Body in memory, with its share of the budget. Keep it until the request has been answered.
#[derive(Debug)]
pub struct HeldBody {
    bytes: Bytes,
    /// Returns the bytes to the budget on drop.
    _share: BodyShare,
}

impl HeldBody {
    pub(super) fn new(bytes: Bytes, share: BodyShare) -> Self {
        Self {
            bytes,
            _share: share,
        }
    }

    /// The body. Cheap to clone.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_never_exceed_the_budget_and_are_returned() {
        let budget = BodyBudget::new(100);
        let (mut first, mut second) = (budget.share(), budget.share());
        for (grown, expected, free) in [
            (first.grow(0), true, 100),
            (first.grow(60), true, 40),
            (second.grow(41), false, 40),
            (second.grow(40), true, 0),
            (second.grow(0), true, 0),
            (first.grow(1), false, 0),
            (first.grow(usize::MAX), false, 0),
        ] {
            assert_eq!(grown, expected, "{free}");
        }
        assert_eq!(budget.free(), 0);
        drop(first);
        assert_eq!(budget.free(), 60);
        drop(second);
        assert_eq!((budget.free(), budget.bytes()), (100, 100));
    }
}
