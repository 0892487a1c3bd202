use crate::{
    AccountId, HookKey,
    settings::{AccountSettings, KeyDigest},
};

/// Stored record of an account: its settings and operator tokens.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct AccountRecord {
    /// The settings. A store seals the secrets in them; see [`AccountSettings::at_rest`].
    pub settings: AccountSettings,
    /// Digests of the operator tokens. Empty if the host does not use operator tokens.
    pub operator_tokens: Vec<KeyDigest>,
    /// The version of the record; see [`Write`](super::Write).
    pub version: u64,
}

impl AccountRecord {
    /// Creates the record of a new account.
    pub fn new(settings: AccountSettings, operator_tokens: Vec<KeyDigest>) -> Self {
        Self {
            settings,
            operator_tokens,
            version: 0,
        }
    }

    /// All keys of the account, including expired keys and keys of directions that are switched
    /// off, so that a request with such a key is rejected with the actual reason.
    pub fn keys(&self) -> Vec<AccountKey> {
        let partner = self
            .settings
            .assessments
            .iter()
            .flat_map(|settings| settings.partner_keys.iter().map(|key| key.digest));
        let operator = self.operator_tokens.iter().copied();
        let hook = self.settings.sync.iter().map(|sync| sync.hook_key.clone());
        let mut keys: Vec<_> = partner
            .map(AccountKey::Partner)
            .chain(operator.map(AccountKey::Operator))
            .chain(hook.map(AccountKey::Hook))
            .collect();
        keys.sort();
        keys.dedup();
        keys
    }
}

/// Key that identifies an account in a request. Each key belongs to at most one account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum AccountKey {
    /// Digest of a partner key.
    Partner(KeyDigest),
    /// Digest of an operator token.
    Operator(KeyDigest),
    /// Hook key, the last segment of a webhook URL.
    Hook(HookKey),
}

impl AccountKey {
    /// Name of the kind of key, for stores: `partner`, `operator` or `hook`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Partner(_) => "partner",
            Self::Operator(_) => "operator",
            Self::Hook(_) => "hook",
        }
    }

    /// Digest for stores. Hook keys are also hashed, so that a leaked database reveals no webhook
    /// URL.
    pub fn digest(&self) -> KeyDigest {
        match self {
            Self::Partner(digest) | Self::Operator(digest) => *digest,
            Self::Hook(key) => KeyDigest::of(key.as_str()),
        }
    }
}

/// One page of accounts, ordered by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccountPage {
    /// The accounts.
    pub accounts: Vec<AccountId>,
    /// Last account of this page, after which the next page begins. `None` on the last page.
    pub next: Option<AccountId>,
}

impl AccountPage {
    /// Maximum page size.
    pub const MAX_LIMIT: usize = 500;

    /// Creates a page from its accounts and the start of the next page.
    pub fn new(accounts: Vec<AccountId>, next: Option<AccountId>) -> Self {
        Self { accounts, next }
    }
}
