//! Switches accounts off and on, and removes them.
//!
//! The functions use only the store, so both operator endpoints and command-line tools can call
//! them.

mod operator;

use chrono::{DateTime, Utc};

use crate::{
    AccountId, Text,
    store::{
        Changes, Decided, Direction, Erasure, LogEntry, LogStatus, LogSubject, Proposal, Store,
        StoreError, Write, decide_and_apply,
    },
    texts::accounts as texts,
};

pub use self::operator::AccountOperator;

/// Switches an account off or on. Does nothing if it is in that state already.
///
/// While an account is switched off, requests with its partner keys and webhooks to its address are
/// refused, its assessments are not pushed, and health shows a warning. Its settings, keys and
/// report links stay valid. A running push finishes.
///
/// # Errors
///
/// [`AccountError`]; nothing was changed, except possibly after [`AccountError::Store`].
pub async fn switch(
    store: &dyn Store,
    account: &AccountId,
    on: bool,
    now: DateTime<Utc>,
) -> Result<(), AccountError> {
    let text = match on {
        true => texts::account_switched_on(),
        false => texts::account_switched_off(),
    };
    let (text, missing) = (&text, || AccountError::NoAccount(account.clone()));
    let decided = decide_and_apply(store, account, || async {
        let record = store.account(account).await?;
        let mut record = record.ok_or_else(missing)?;
        if record.settings.enabled == on {
            return Ok::<_, AccountError>(Proposal::Keep(()));
        }
        record.settings.enabled = on;
        let mut changes = Changes::none();
        changes.account = Some(Write::Put(record));
        changes.log.push(entry(now, text.clone()));
        Ok(Proposal::Write(changes, ()))
    });
    ended(decided.await)
}

/// Removes an account.
///
/// | removed | kept |
/// |---|---|
/// | settings, secrets, keys, tokens, rate budgets, times of last use | the sync log, until its retention ends |
/// | all personal data: names, addresses, bodies of webhooks | ids of assessments, candidates and applications, with their states |
///
/// From then on, Greenhouse and operators receive the response for an unknown account. A running
/// push ends before its next write, and queued tasks end without effect. The product and Greenhouse
/// are not notified: disable the webhooks and the credential in Greenhouse.
///
/// An account that is later created with the same id continues with the kept ids, so that no
/// assessment is pushed twice. Use another id for another organization.
///
/// # Errors
///
/// [`AccountError`]; nothing was removed, except possibly after [`AccountError::Store`].
pub async fn remove(
    store: &dyn Store,
    account: &AccountId,
    now: DateTime<Utc>,
) -> Result<(), AccountError> {
    let missing = || AccountError::NoAccount(account.clone());
    let decided = decide_and_apply(store, account, || async {
        let record = store.account(account).await?;
        let mut changes = Changes::none();
        changes.account = Some(Write::Remove(record.ok_or_else(missing)?));
        changes.erasures.push(Erasure::everyone());
        changes.log.push(entry(now, texts::account_removed()));
        Ok::<_, AccountError>(Proposal::Write(changes, ()))
    });
    ended(decided.await)?;
    tracing::info!(%account, "account removed");
    Ok(())
}

/// Error returned by [`switch`] and [`remove`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AccountError {
    /// The store has no such account.
    #[error("no account {0} in the database")]
    NoAccount(AccountId),
    /// Other writers changed the account during every attempt.
    #[error("the account was not changed, because other programs keep changing it; try again")]
    Busy,
    /// The store failed.
    #[error("the database failed")]
    Store(#[from] StoreError),
}

fn ended(decided: Result<Decided<()>, AccountError>) -> Result<(), AccountError> {
    match decided {
        Ok(Decided::Applied(())) => Ok(()),
        Err(AccountError::Store(error)) if !error.is_contended() => Err(error.into()),
        Ok(_) | Err(AccountError::Store(_)) => Err(AccountError::Busy),
        Err(error) => Err(error),
    }
}

fn entry(now: DateTime<Utc>, text: Text) -> LogEntry {
    let (direction, subject) = (Direction::ToGreenhouse, LogSubject::Problem);
    LogEntry::new(now, direction, subject, LogStatus::Done, text)
}

#[cfg(test)]
mod tests;
