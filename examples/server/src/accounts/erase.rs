use chrono::DateTime;
use greenhouse_core::{
    AccountId, CandidateId,
    store::{
        Changes, Decided, Erasure, PersonKey, Proposal, Store, StoreError, decide_and_apply,
        histories_of,
    },
};

use crate::Program;

/// Erases everything that is stored of one person of an account, in every table and in one commit. Ids stay, so that what
/// comes later is still understood. The product and Greenhouse are not told.
///
/// Repeating it is safe, and erasing somebody of whom nothing is stored does nothing.
///
/// # Errors
///
/// [`EraseError`]; nothing was erased then.
pub async fn erase(store: &dyn Store, account: &AccountId, whom: &Whom) -> Result<(), EraseError> {
    if store.account(account).await?.is_none() {
        return Err(EraseError::NoAccount(account.clone()));
    }
    let erased = decide_and_apply(store, account, || async {
        let mut changes = Changes::none();
        changes.erasures = erasures(store, account, whom).await?;
        Ok::<_, StoreError>(Proposal::Write(changes, ()))
    });
    match erased.await {
        Ok(Decided::Applied(())) => Ok(()),
        Err(error) if !error.is_contended() => Err(error.into()),
        _ => Err(EraseError::Busy),
    }
}

/// Of a candidate who was merged into another all is the other's by now, as far as merges are remembered.
async fn erasures(
    store: &dyn Store,
    account: &AccountId,
    whom: &Whom,
) -> Result<Vec<Erasure>, StoreError> {
    match whom {
        Whom::Candidate(candidate) => {
            // The time is that of what is not known, of which nothing is stored here.
            let now = DateTime::UNIX_EPOCH;
            let histories = histories_of(store, account, [*candidate], now).await?;
            let candidates = histories.iter().map(|history| history.candidate);
            Ok(candidates.map(Erasure::everything).collect())
        }
        Whom::Email(email) => {
            let person = PersonKey::of_email(account, email);
            Ok(vec![Erasure::everything_of(person)])
        }
    }
}

/// Whose data is to go.
#[derive(Clone, PartialEq, Eq)]
pub enum Whom {
    /// The candidate with this id in Greenhouse.
    Candidate(CandidateId),
    /// Whoever has this e-mail address.
    Email(String),
}

/// An address is a person.
impl std::fmt::Debug for Whom {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Candidate(candidate) => f.debug_tuple("Candidate").field(candidate).finish(),
            Self::Email(_) => f.write_str("Email(..)"),
        }
    }
}

/// Why nothing was erased.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EraseError {
    /// There is no such account.
    #[error("there is no account {0}: `{program} accounts list` shows them", program = Program::this())]
    NoAccount(AccountId),
    /// Somebody else writes the same rows all the time.
    #[error("the person's rows were changed by somebody else again and again: nothing was erased")]
    Busy,
    /// The store could not be asked.
    #[error("the database cannot be used")]
    Store(#[from] StoreError),
}
