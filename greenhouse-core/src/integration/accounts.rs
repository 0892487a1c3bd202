use std::{fmt, sync::Arc};

use super::{Direction, Ports, PublicRoute};
use crate::{
    AccountId, HookKey, MintError, Secret, SecretProblem,
    accounts::{AccountError, remove, switch},
    chain,
    report_link::{ReportLinkKey, ReportLinks},
    settings::{
        AccountSettings, AssessmentSettings, CompletionCredential, OperatorToken, PartnerKey,
        PushSettings, SyncSettings, SyncSettingsError,
    },
    store::{AccountPage, AccountRecord, Applied, Changes, LastSeen, StoreError, Write},
};

/// Creates, reads, switches and removes accounts. Returned by
/// [`Integration::accounts`](super::Integration::accounts).
#[derive(Debug, Clone, Copy)]
pub struct Accounts<'a> {
    ports: &'a Ports,
    directions: &'a [Arc<dyn Direction>],
}

impl<'a> Accounts<'a> {
    pub(super) fn new(ports: &'a Ports, directions: &'a [Arc<dyn Direction>]) -> Self {
        Self { ports, directions }
    }

    /// Creates an account and generates its keys.
    ///
    /// Only the result contains the operator token and the partner key. The store contains their
    /// digests.
    ///
    /// # Errors
    ///
    /// [`CreateAccountError`] if a value is invalid, the account exists, a key could not be
    /// generated or the store fails. Nothing is stored, except possibly after
    /// [`Store`](CreateAccountError::Store).
    pub async fn create(&self, account: NewAccount) -> Result<CreatedAccount, CreateAccountError> {
        let NewAccount {
            id,
            assessments,
            completion,
            webhooks,
            push,
        } = account;
        check(&id)?;
        check_secrets(completion.as_ref(), push.as_ref())?;
        let now = self.ports.clock().now();
        let operator_token = OperatorToken::mint()?;
        let links = ReportLinks::new(ReportLinkKey::mint(FIRST_LINK_KEY)?, Vec::new());
        let mut settings = AccountSettings::new(links);
        let partner_key = assessments.then(PartnerKey::mint).transpose()?;
        if let Some(key) = &partner_key {
            let mut own = AssessmentSettings::new(Vec::new());
            own.partner_keys.push(key.record(now));
            own.completion = completion;
            settings.assessments = Some(own);
        }
        let hook_key = webhooks.is_some().then(HookKey::mint).transpose()?;
        if let (Some(key), Some(secret)) = (&hook_key, webhooks) {
            let sync = SyncSettings::new(key.clone(), vec![secret]);
            settings.sync = Some(sync.map_err(webhook_secret)?);
        }
        settings.push = push;
        let record = AccountRecord::new(settings, vec![operator_token.digest()]);

        let store = self.ports.store();
        if store.account(&id).await?.is_some() {
            return Err(CreateAccountError::Exists(id));
        }
        let mut changes = Changes::none();
        changes.account = Some(Write::Put(record));
        if store.apply(&id, changes).await? != Applied::Applied {
            // Another host created the account first, or a generated key belongs to another
            // account.
            return Err(match store.account(&id).await? {
                Some(_) => CreateAccountError::Exists(id),
                None => CreateAccountError::KeyTaken,
            });
        }
        // Completed assessments are listed from this time on. If it cannot be stored, they are
        // listed from the first poll on.
        let seen = LastSeen::CompletedPoll;
        if let Err(error) = store
            .note_last_seen(&id, &seen, now, std::time::Duration::ZERO)
            .await
        {
            tracing::warn!(account = %id, error = %chain(&error), "the start of the poll for completed assessments could not be stored");
        }
        let webhook_url = hook_key.map(|key| {
            let url = PublicRoute::Webhook(Some(key)).url(self.ports.reports().base());
            Secret::new(url)
        });
        // The keys must be returned even without the steps.
        let set_up = self.set_up(&id).await.unwrap_or_else(|error| {
            tracing::warn!(account = %id, error = %chain(&error), "the set-up steps for Greenhouse could not be listed");
            String::new()
        });
        Ok(CreatedAccount {
            set_up: Secret::new(set_up),
            id,
            operator_token: operator_token.into_secret(),
            partner_key: partner_key.map(PartnerKey::into_secret),
            webhook_url,
        })
    }

    /// Returns the record of an account. `None` if the account does not exist.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store fails.
    pub async fn get(&self, account: &AccountId) -> Result<Option<AccountRecord>, StoreError> {
        self.ports.store().account(account).await
    }

    /// Returns at most `limit` accounts after `after`, ordered by the bytes of their ids. `limit`
    /// is clamped to the range from 1 to [`AccountPage::MAX_LIMIT`].
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store fails.
    pub async fn list(
        &self,
        after: Option<&AccountId>,
        limit: usize,
    ) -> Result<AccountPage, StoreError> {
        self.ports.store().accounts(after, limit).await
    }

    /// Switches an account off or on. See [`accounts::switch`](crate::accounts::switch).
    ///
    /// # Errors
    ///
    /// [`AccountError`] if the account does not exist or could not be changed.
    pub async fn switch(&self, account: &AccountId, on: bool) -> Result<(), AccountError> {
        let now = self.ports.clock().now();
        switch(self.ports.store().as_ref(), account, on, now).await
    }

    /// Removes an account. See [`accounts::remove`](crate::accounts::remove).
    ///
    /// # Errors
    ///
    /// [`AccountError`] if the account does not exist or could not be removed.
    pub async fn remove(&self, account: &AccountId) -> Result<(), AccountError> {
        let now = self.ports.clock().now();
        remove(self.ports.store().as_ref(), account, now).await
    }

    /// Returns the steps that set up an account in Greenhouse, as text. The text contains the
    /// webhook URL, whose last segment is a key.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the settings could not be read.
    pub async fn set_up(&self, account: &AccountId) -> Result<String, StoreError> {
        let mut text = String::new();
        for direction in self.directions {
            let steps = direction.set_up(account).await?;
            if !text.is_empty() && !steps.is_empty() {
                text.push('\n');
            }
            text.push_str(&steps);
        }
        Ok(text)
    }
}

/// An account to create, for one customer organization.
///
/// ```
/// use greenhouse_core::NewAccount;
///
/// let account = NewAccount::new("acme").webhooks("a secret that you also enter in Greenhouse");
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct NewAccount {
    id: AccountId,
    assessments: bool,
    completion: Option<CompletionCredential>,
    webhooks: Option<Secret>,
    push: Option<PushSettings>,
}

impl NewAccount {
    /// Creates an account with this id and with the assessment endpoints switched on. The id must
    /// consist of 1 to 64 letters, digits, `-`, `_` or `.`.
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: AccountId::new(id),
            assessments: true,
            completion: None,
            webhooks: None,
            push: None,
        }
    }

    /// Switches the assessment endpoints off. No partner key is generated.
    pub fn without_assessments(mut self) -> Self {
        self.assessments = false;
        self
    }

    /// Sets the completion credential, as issued by Greenhouse. It can also be saved later.
    pub fn completion(mut self, credential: CompletionCredential) -> Self {
        self.completion = Some(credential);
        self
    }

    /// Switches webhooks on. Greenhouse signs the webhooks with `secret`, so enter the same secret
    /// in Greenhouse. It must pass [`Secret::check`].
    pub fn webhooks(mut self, secret: impl Into<Secret>) -> Self {
        self.webhooks = Some(secret.into());
        self
    }

    /// Sets the push settings. They can also be saved later.
    pub fn push(mut self, settings: PushSettings) -> Self {
        self.push = Some(settings);
        self
    }
}

/// Created account. The operator token and the partner key cannot be read again later. Debug output
/// contains only the id.
#[non_exhaustive]
pub struct CreatedAccount {
    /// Id of the account.
    pub id: AccountId,
    /// Bearer token for the operator endpoints.
    pub operator_token: Secret,
    /// API key that Greenhouse sends to the assessment endpoints. `None` if they are off.
    pub partner_key: Option<Secret>,
    /// Webhook URL, which ends with the hook key. `None` if webhooks are off.
    pub webhook_url: Option<Secret>,
    /// Steps to take in Greenhouse, as text. Empty if they could not be listed.
    pub set_up: Secret,
}

impl fmt::Debug for CreatedAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreatedAccount")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Error of [`Accounts::create`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CreateAccountError {
    /// The id is invalid.
    #[error("account id: expected 1 to 64 letters, digits, `-`, `_` or `.`, got {0:?}")]
    InvalidId(String),
    /// The account already exists.
    #[error("account {0} already exists")]
    Exists(AccountId),
    /// A generated key is already used by another account. A retry generates new keys.
    #[error("a generated key is already used by another account; try again")]
    KeyTaken,
    /// The webhook secret is missing.
    #[error("the webhook secret is empty")]
    NoWebhookSecret,
    /// A secret is too short, or contains a space or an invisible character.
    #[error("{name}: {problem}")]
    Secret {
        /// Name of the secret, such as `webhook secret`.
        name: &'static str,
        /// Problem with the secret.
        problem: SecretProblem,
    },
    /// A key could not be generated.
    #[error(transparent)]
    Mint(#[from] MintError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn check(id: &AccountId) -> Result<(), CreateAccountError> {
    let text = id.as_str();
    let fits = (1..=LONGEST_ID).contains(&text.len());
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if fits && text.bytes().all(plain) {
        return Ok(());
    }
    Err(CreateAccountError::InvalidId(
        text.chars().take(LONGEST_ID).collect(),
    ))
}

/// Checks the secrets that Greenhouse issued.
fn check_secrets(
    completion: Option<&CompletionCredential>,
    push: Option<&PushSettings>,
) -> Result<(), CreateAccountError> {
    let completion = completion.map(CompletionCredential::problems);
    if let Some((member, problem)) = completion.unwrap_or_default().into_iter().next() {
        let name = match member {
            "user" => "completion user",
            _ => "completion password",
        };
        return Err(CreateAccountError::Secret { name, problem });
    }
    let checked = push.map(|push| push.credential.client_secret().check());
    checked
        .unwrap_or(Ok(()))
        .map_err(|problem| CreateAccountError::Secret {
            name: "client secret",
            problem,
        })
}

fn webhook_secret(error: SyncSettingsError) -> CreateAccountError {
    match error {
        SyncSettingsError::Secret { problem, .. } => CreateAccountError::Secret {
            name: "webhook secret",
            problem,
        },
        _ => CreateAccountError::NoWebhookSecret,
    }
}

const LONGEST_ID: usize = 64;
/// Id of the first key for report links. Every link contains the id.
const FIRST_LINK_KEY: &str = "1";
