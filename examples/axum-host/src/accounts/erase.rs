use greenhouse_core::{
    AccountId, CandidateId,
    store::{Applied, Changes, Erasure, PersonKey, Store, StoreError},
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
    let erasure = match whom {
        Whom::Candidate(candidate) => Erasure::everything(*candidate),
        Whom::Email(email) => Erasure::everything_of(PersonKey::of_email(account, email)),
    };
    for _ in 0..ATTEMPTS {
        let mut changes = Changes::none();
        changes.erasures = vec![erasure.clone()];
        if store.apply(account, changes).await? == Applied::Applied {
            return Ok(());
        }
    }
    Err(EraseError::Busy)
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

const ATTEMPTS: usize = 8;
