use chrono::DateTime;
use greenhouse_core::{
    AccountId, CandidateId,
    store::{
        Changes, Decided, Erasure, PersonKey, Proposal, Store, StoreError, decide_and_apply,
        histories_of,
    },
};

use crate::Program;

/// Erases all stored data about one person in an account, in every table and in one commit. Ids
/// stay, so that later webhooks can be matched. The product and Greenhouse are not notified.
///
/// Repeating the call is safe. If the store has no data about the person, the call has no effect.
///
/// # Errors
///
/// [`EraseError`]. Nothing was erased, unless the error is [`EraseError::Store`]: the store may
/// have failed after it committed the erasure.
pub async fn erase(
    store: &dyn Store,
    account: &AccountId,
    target: &ErasureTarget,
) -> Result<(), EraseError> {
    if store.account(account).await?.is_none() {
        return Err(EraseError::NoAccount(account.clone()));
    }
    let erased = decide_and_apply(store, account, || async {
        let mut changes = Changes::none();
        changes.erasures = erasures(store, account, target).await?;
        Ok::<_, StoreError>(Proposal::Write(changes, ()))
    });
    match erased.await {
        Ok(Decided::Applied(())) => Ok(()),
        Err(error) if !error.is_contended() => Err(error.into()),
        _ => Err(EraseError::Busy),
    }
}

/// Returns the erasures for one person. The data of a merged candidate belongs to the candidate
/// that remains.
async fn erasures(
    store: &dyn Store,
    account: &AccountId,
    target: &ErasureTarget,
) -> Result<Vec<Erasure>, StoreError> {
    match target {
        ErasureTarget::Candidate(candidate) => {
            // `histories_of` needs a time for histories that do not exist yet. They are not stored
            // here, so any time will do.
            let now = DateTime::UNIX_EPOCH;
            let histories = histories_of(store, account, [*candidate], now).await?;
            let candidates = histories.iter().map(|history| history.candidate);
            Ok(candidates.map(Erasure::everything).collect())
        }
        ErasureTarget::Email(email) => {
            let person = PersonKey::of_email(account, email);
            Ok(vec![Erasure::everything_of(person)])
        }
    }
}

/// Selects the person to erase.
#[derive(Clone, PartialEq, Eq)]
pub enum ErasureTarget {
    /// Candidate with this id in Greenhouse.
    Candidate(CandidateId),
    /// Person with this email address.
    Email(String),
}

/// Omits the address, which is personal data.
impl std::fmt::Debug for ErasureTarget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Candidate(candidate) => f.debug_tuple("Candidate").field(candidate).finish(),
            Self::Email(_) => f.write_str("Email(..)"),
        }
    }
}

/// Error returned by [`erase`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EraseError {
    /// The account does not exist.
    #[error(
        "no account {0} in the database; `{program} accounts list` lists all accounts",
        program = Program::this()
    )]
    NoAccount(AccountId),
    /// Other writers changed the same rows during every attempt.
    #[error("nothing was erased, because other programs keep changing the same rows; try again")]
    Busy,
    /// The store failed. Repeat the call, because the data may or may not have been erased.
    #[error(
        "the database failed, so the data may or may not have been erased; run the command again"
    )]
    Store(#[from] StoreError),
}
