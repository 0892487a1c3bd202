use super::{Applied, Changes, StoreError, StoreWriter};
use crate::AccountId;

/// Result of a decision.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "it is destructured immediately")]
pub enum Proposal<T> {
    /// Apply these changes, then return the value.
    Write(Changes, T),
    /// Write nothing and return the value.
    Keep(T),
}

/// Outcome of [`decide_and_apply`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Decided<T> {
    /// The changes are durable, or there were none.
    Applied(T),
    /// Nothing was written, because the delivery was already processed.
    AlreadySeen,
    /// Nothing was written, because the task has since been claimed again or settled.
    LeaseLost,
}

impl<T> Decided<T> {
    /// Returns the applied value. `None` if the delivery or task was processed elsewhere.
    pub fn applied(self) -> Option<T> {
        match self {
            Self::Applied(value) => Some(value),
            Self::AlreadySeen | Self::LeaseLost => None,
        }
    }
}

/// Makes a decision and applies it. After a conflict, `decide` is called again, so it must read
/// everything it depends on each time.
///
/// # Errors
///
/// The errors of `decide`, and a [`StoreError`] if the store fails. After eight conflicts in a row,
/// the [`StoreError`] [is contended](StoreError::is_contended).
///
/// # Examples
///
/// ```
/// use greenhouse_core::{
///     AccountId, AssessmentId,
///     store::{Changes, Proposal, ReportAccess, Store, StoreError, Write, decide_and_apply},
/// };
///
/// /// Revokes every report link of an assessment that was issued so far.
/// async fn revoke(
///     store: &dyn Store,
///     account: &AccountId,
///     id: &AssessmentId,
/// ) -> Result<(), StoreError> {
///     let _ = decide_and_apply(store, account, || async {
///         let access = store.report_access(account, id).await?;
///         let mut access = access.unwrap_or_else(|| ReportAccess::first(id.clone()));
///         access.link_version += 1;
///         let mut changes = Changes::none();
///         changes.report_access.push(Write::Put(access));
///         Ok::<_, StoreError>(Proposal::Write(changes, ()))
///     })
///     .await?;
///     Ok(())
/// }
/// ```
pub async fn decide_and_apply<T, E, F>(
    store: &(impl StoreWriter + ?Sized),
    account: &AccountId,
    mut decide: impl FnMut() -> F,
) -> Result<Decided<T>, E>
where
    E: From<StoreError>,
    F: Future<Output = Result<Proposal<T>, E>>,
{
    for _ in 0..MAX_DECISIONS {
        let (changes, value) = match decide().await? {
            Proposal::Write(changes, value) => (changes, value),
            Proposal::Keep(value) => return Ok(Decided::Applied(value)),
        };
        match store.apply(account, changes).await? {
            Applied::Applied => return Ok(Decided::Applied(value)),
            Applied::AlreadySeen => return Ok(Decided::AlreadySeen),
            Applied::LeaseLost => return Ok(Decided::LeaseLost),
            Applied::Conflict => {}
        }
    }
    Err(StoreError::contended().into())
}

const MAX_DECISIONS: usize = 8;

#[cfg(all(test, feature = "testing"))]
mod tests {
    use std::{future::ready, sync::Arc};

    use super::*;
    use crate::{
        AssessmentId,
        store::{ReportAccess, Store, Write, memory::MemoryStore},
        testing::{FailingStore, NextApply},
    };

    #[tokio::test]
    async fn retries_after_a_conflict() {
        for conflicts in 0..=MAX_DECISIONS {
            let store = FailingStore::around(Arc::new(MemoryStore::new()));
            let conflict = NextApply::Returns(Applied::Conflict);
            store.next_applies(std::iter::repeat_n(conflict, conflicts));
            let mut made = 0;
            let account = account();
            let decided = decide_and_apply(&store, &account, || {
                made += 1;
                ready(Ok::<_, StoreError>(Proposal::Write(changes(), made)))
            })
            .await;
            if conflicts < MAX_DECISIONS {
                assert_eq!(decided.unwrap(), Decided::Applied(conflicts + 1));
            } else {
                assert!(decided.unwrap_err().is_contended());
                assert_eq!(made, MAX_DECISIONS, "gives up");
            }
        }
    }

    #[tokio::test]
    async fn returns_every_other_outcome() {
        for (answer, expected) in [
            (Applied::Applied, Decided::Applied(7)),
            (Applied::AlreadySeen, Decided::AlreadySeen),
            (Applied::LeaseLost, Decided::LeaseLost),
        ] {
            let store = FailingStore::around(Arc::new(MemoryStore::new()));
            store.next_applies([NextApply::Returns(answer)]);
            let decided = decide_and_apply(&store, &account(), || {
                ready(Ok::<_, StoreError>(Proposal::Write(changes(), 7)))
            })
            .await;
            assert_eq!(decided.unwrap(), expected);
        }
    }

    #[tokio::test]
    async fn writes_nothing_without_changes() {
        let store = FailingStore::around(Arc::new(MemoryStore::new()));
        let kept = decide_and_apply(&store, &account(), || {
            ready(Ok::<_, StoreError>(Proposal::Keep("kept")))
        })
        .await;
        assert_eq!(kept.unwrap(), Decided::Applied("kept"));
        assert_eq!(store.calls(), [""; 0]);
        let failed = decide_and_apply(&store, &account(), || {
            ready(Err::<Proposal<()>, _>(StoreError::corrupt("unreadable")))
        })
        .await;
        assert!(failed.is_err());
        assert_eq!(store.calls(), [""; 0]);
    }

    /// Services await `decide_and_apply` in futures that move between threads.
    #[test]
    fn future_is_send() {
        fn is_send(_: impl Send) {}
        async fn read_and_write(store: &dyn Store, id: &AssessmentId) -> Result<(), StoreError> {
            let account = account();
            let _ = decide_and_apply(store, &account, || async {
                let read = store.report_access(&account, id).await?;
                Ok::<_, StoreError>(Proposal::Write(changes(), read))
            })
            .await?;
            Ok(())
        }
        let (store, id) = (MemoryStore::new(), AssessmentId::new("a"));
        is_send(read_and_write(&store, &id));
    }

    fn changes() -> Changes {
        let mut changes = Changes::none();
        let access = ReportAccess::first(AssessmentId::new("a"));
        changes.report_access.push(Write::Put(access));
        changes
    }

    fn account() -> AccountId {
        AccountId::new("acme")
    }
}
