use std::{fmt, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use greenhouse_core::{
    AccountId, Clock, MintError, Secret,
    settings::{AssessmentSettings, KeyDigest, PartnerKey, PartnerKeyRecord},
    store::{
        AccountRecord, Changes, LastSeen, Proposal, Store, StoreError, Write, decide_and_apply,
    },
};
use serde::Serialize;

use crate::texts::keys as texts;

/// Mints, lists, rotates and revokes the partner keys of all accounts in a store.
///
/// Used by the endpoints of [`PartnerService`](crate::PartnerService) and by the command line. A
/// key is returned only when it is minted. The store contains a [`PartnerKeyRecord`], not the key
/// itself.
///
/// # Endpoints
///
/// Under `/api/integrations/greenhouse`. Responses are JSON:
///
/// | endpoint | response |
/// |---|---|
/// | `GET keys` | `{"keys": [PartnerKeyView]}`, oldest first |
/// | `POST keys` | 201, a [`PartnerKeyView`] with `key`, shown only here |
/// | `POST keys/{id}/rotate` | the same; the key with this id stays valid for the overlap |
/// | `DELETE keys/{id}` | `{"state": "revoked"}`; the key is no longer valid |
///
/// If the response to a `POST` is lost, a key may have been minted that the caller never received.
/// The list contains this key as never used.
#[derive(Clone)]
pub struct PartnerKeys {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    overlap: Duration,
}

impl PartnerKeys {
    /// Creates a handle to the keys in this store. A rotated key stays valid for `overlap`.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, overlap: Duration) -> Self {
        Self {
            store,
            clock,
            overlap,
        }
    }

    /// Returns the keys of an account, including expired ones.
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

    /// Mints a key.
    ///
    /// # Errors
    ///
    /// [`KeysError`].
    pub async fn mint(&self, account: &AccountId) -> Result<NewPartnerKey, KeysError> {
        self.add(account, |_, _| Ok(())).await
    }

    /// Mints a key to replace the one with this id. The old key expires after the overlap, unless
    /// it already expires earlier.
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

    /// Revokes a key immediately. An accounts file that contains its digest does not make it valid
    /// again.
    ///
    /// # Errors
    ///
    /// [`KeysError`].
    pub async fn revoke(&self, account: &AccountId, id: &str) -> Result<(), KeysError> {
        self.change(account, |record| {
            let keys = &settings(record)?.partner_keys;
            let named = keys.iter().filter(|key| key.id() == id);
            let named: Vec<KeyDigest> = named.map(|key| key.digest).collect();
            if named.is_empty() {
                return Err(KeysError::UnknownKey);
            }
            record.settings.revoke_partner_keys(named);
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
        self.change(account, |stored| {
            let keys = &mut settings(stored)?.partner_keys;
            before(keys, now)?;
            let is_over = |end| now.signed_duration_since(end) >= EXPIRED_KEYS_LISTED;
            let over = keys
                .iter()
                .filter(|key| key.expires_at.is_some_and(is_over));
            let over: Vec<KeyDigest> = over.map(|key| key.digest).collect();
            stored.settings.revoke_partner_keys(over);
            let keys = &mut settings(stored)?.partner_keys;
            if keys.len() >= MAX_KEYS {
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
        change: impl Fn(&mut AccountRecord) -> Result<(), KeysError>,
    ) -> Result<(), KeysError> {
        let decided = decide_and_apply(self.store.as_ref(), account, || async {
            let mut record = self.record(account).await?;
            change(&mut record)?;
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

/// Metadata of a partner key, without the key itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "PartnerKey"))]
#[non_exhaustive]
pub struct PartnerKeyView {
    /// Id of the key.
    pub id: String,
    /// First characters of the key, if known.
    pub prefix: Option<String>,
    /// Time at which the key was minted. `None` if it was imported.
    pub created_at: Option<DateTime<Utc>>,
    /// Last use by Greenhouse, to the hour. `None` if it was never used.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Expiry time. `None` if it does not expire.
    pub expires_at: Option<DateTime<Utc>>,
    /// `valid`, `ending` (valid until `expires_at`) or `expired`.
    #[cfg_attr(
        feature = "openapi",
        schemars(extend("enum" = ["valid", "ending", "expired"]))
    )]
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
    /// View of the key, as listed.
    pub view: PartnerKeyView,
    /// The key. Show it only once.
    pub key: Secret,
}

/// Error returned by [`PartnerKeys`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeysError {
    /// The account has no assessment settings, which contain the keys.
    #[error("{}", texts::NOT_CONFIGURED)]
    NotConfigured,
    /// The account has no key with this id.
    #[error("{}", texts::UNKNOWN_KEY)]
    UnknownKey,
    /// The account has the maximum number of keys.
    #[error("{}", texts::TOO_MANY)]
    TooMany,
    /// The operating system provided no random bytes.
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

/// Time for which an expired key is still listed.
const EXPIRED_KEYS_LISTED: TimeDelta = TimeDelta::days(30);
const MAX_KEYS: usize = 50;
