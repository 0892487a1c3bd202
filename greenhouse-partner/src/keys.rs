use std::{fmt, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use greenhouse_core::{
    AccountId, Clock, MintError, Secret,
    settings::{AssessmentSettings, PartnerKey, PartnerKeyRecord},
    store::{
        AccountRecord, Changes, LastSeen, Proposal, Store, StoreError, Write, decide_and_apply,
    },
};
use serde::Serialize;

/// The partner keys of all accounts, in the store: minted, listed, rotated, revoked.
///
/// The endpoints of [`PartnerService`](crate::PartnerService) and a command line do the same with it. A key is shown when it
/// is minted and never again; what is stored of it is a [`PartnerKeyRecord`].
///
/// # The endpoints
///
/// Under `/api/integrations/greenhouse`, with JSON out:
///
/// | endpoint | answer |
/// |---|---|
/// | `GET keys` | `{"keys": [PartnerKeyView]}`, in the order in which they came |
/// | `POST keys` | 201, a [`PartnerKeyView`] with `key`, shown this once |
/// | `POST keys/{id}/rotate` | the same; the key with this id stays valid for the overlap |
/// | `DELETE keys/{id}` | `{"state": "revoked"}`; the key opens nothing any more |
///
/// Who gets no answer to a `POST` may have minted a key that nobody knows: the list shows it as never used.
#[derive(Clone)]
pub struct PartnerKeys {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    overlap: Duration,
}

impl PartnerKeys {
    /// The keys in this store. A key that is rotated stays valid for the time of `overlap`.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, overlap: Duration) -> Self {
        Self {
            store,
            clock,
            overlap,
        }
    }

    /// The keys of an account, expired ones included.
    ///
    /// # Errors
    ///
    /// [`KeysError::NotConfigured`], [`KeysError::Store`].
    pub async fn list(&self, account: &AccountId) -> Result<Vec<PartnerKeyView>, KeysError> {
        let mut record = self.record(account).await?;
        let seen = self.store.last_seen(account).await?;
        let now = self.clock.now();
        let keys = &settings(&mut record)?.partner_keys;
        let view = |key: &PartnerKeyRecord| {
            let used = seen.get(&LastSeen::PartnerKey(key.digest));
            PartnerKeyView::of(key, now, used.copied())
        };
        Ok(keys.iter().map(view).collect())
    }

    /// Makes a new key.
    ///
    /// # Errors
    ///
    /// [`KeysError`].
    pub async fn mint(&self, account: &AccountId) -> Result<NewPartnerKey, KeysError> {
        self.add(account, |_, _| Ok(())).await
    }

    /// Makes a new key, and has the one with this id end with the overlap, or when it would have ended anyway.
    ///
    /// # Errors
    ///
    /// [`KeysError`].
    pub async fn rotate(&self, account: &AccountId, id: &str) -> Result<NewPartnerKey, KeysError> {
        let overlap = TimeDelta::from_std(self.overlap).unwrap_or(TimeDelta::MAX);
        self.add(account, |keys, now| {
            let old = keys.iter_mut().find(|key| key.id() == id);
            let old = old.ok_or(KeysError::UnknownKey)?;
            let end = now
                .checked_add_signed(overlap)
                .unwrap_or(DateTime::<Utc>::MAX_UTC);
            old.expires_at = Some(old.expires_at.map_or(end, |earlier| earlier.min(end)));
            Ok(())
        })
        .await
    }

    /// Takes a key away: from now on it opens nothing.
    ///
    /// # Errors
    ///
    /// [`KeysError`].
    pub async fn revoke(&self, account: &AccountId, id: &str) -> Result<(), KeysError> {
        self.change(account, |keys| {
            let before = keys.len();
            keys.retain(|key| key.id() != id);
            if keys.len() == before {
                return Err(KeysError::UnknownKey);
            }
            Ok(())
        })
        .await
    }

    async fn add(
        &self,
        account: &AccountId,
        before: impl Fn(&mut Vec<PartnerKeyRecord>, DateTime<Utc>) -> Result<(), KeysError>,
    ) -> Result<NewPartnerKey, KeysError> {
        let key = PartnerKey::mint()?;
        let now = self.clock.now();
        let record = key.record(now);
        self.change(account, |keys| {
            before(keys, now)?;
            keys.retain(|key| {
                let end = key.expires_at;
                end.is_none_or(|end| now.signed_duration_since(end) < KEPT_EXPIRED)
            });
            if keys.len() >= MOST {
                return Err(KeysError::TooMany);
            }
            keys.push(record.clone());
            Ok(())
        })
        .await?;
        Ok(NewPartnerKey {
            view: PartnerKeyView::of(&record, now, None),
            key: key.into_secret(),
        })
    }

    async fn change(
        &self,
        account: &AccountId,
        change: impl Fn(&mut Vec<PartnerKeyRecord>) -> Result<(), KeysError>,
    ) -> Result<(), KeysError> {
        let decided = decide_and_apply(self.store.as_ref(), account, || async {
            let mut record = self.record(account).await?;
            change(&mut settings(&mut record)?.partner_keys)?;
            let mut changes = Changes::none();
            changes.account = Some(Write::Put(record));
            Ok::<_, KeysError>(Proposal::Write(changes, ()))
        });
        decided.await.map(drop)
    }

    async fn record(&self, account: &AccountId) -> Result<AccountRecord, KeysError> {
        let record = self.store.account(account).await?;
        record.ok_or(KeysError::NotConfigured)
    }
}

impl fmt::Debug for PartnerKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PartnerKeys")
            .field("overlap", &self.overlap)
            .finish_non_exhaustive()
    }
}

/// What may be shown of a partner key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PartnerKeyView {
    /// What the key is called here.
    pub id: String,
    /// How the key begins, where that is known.
    pub prefix: Option<String>,
    /// When it was minted, if that was done here.
    pub created_at: Option<DateTime<Utc>>,
    /// When Greenhouse last came with it, to the hour; none where it never did.
    pub last_used_at: Option<DateTime<Utc>>,
    /// From when on it opens nothing any more.
    pub expires_at: Option<DateTime<Utc>>,
    /// `valid`, `ending` (valid until it expires) or `expired`.
    pub state: &'static str,
}

impl PartnerKeyView {
    fn of(key: &PartnerKeyRecord, now: DateTime<Utc>, used: Option<DateTime<Utc>>) -> Self {
        Self {
            id: key.id(),
            prefix: key.prefix.clone(),
            created_at: key.created_at,
            last_used_at: used,
            expires_at: key.expires_at,
            state: match key.expires_at {
                None => "valid",
                Some(_) if key.is_valid(now) => "ending",
                Some(_) => "expired",
            },
        }
    }
}

/// A key that was just minted.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct NewPartnerKey {
    /// What is known of it from now on.
    pub view: PartnerKeyView,
    /// The key. Show it once.
    pub key: Secret,
}

/// Why keys are not listed or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeysError {
    /// The account has no settings of the assessments, which hold the keys.
    #[error("the assessments are not set up")]
    NotConfigured,
    /// The account has no key with this id.
    #[error("the account has no such key")]
    UnknownKey,
    /// Somebody mints without end.
    #[error("the account has as many keys as it may have")]
    TooMany,
    /// No key can be made.
    #[error(transparent)]
    Mint(#[from] MintError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn settings(record: &mut AccountRecord) -> Result<&mut AssessmentSettings, KeysError> {
    let settings = record.settings.assessments.as_mut();
    settings.ok_or(KeysError::NotConfigured)
}

/// How long the list says of a key that it has expired.
const KEPT_EXPIRED: TimeDelta = TimeDelta::days(30);
const MOST: usize = 50;
