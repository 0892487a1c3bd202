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
    /// Digests of the tokens for the operator's endpoints, if the host uses such tokens.
    pub operator_tokens: Vec<KeyDigest>,
    /// The version of the record; see [`Write`](super::Write).
    pub version: u64,
}

impl AccountRecord {
    /// A new account.
    pub fn new(settings: AccountSettings, operator_tokens: Vec<KeyDigest>) -> Self {
        Self {
            settings,
            operator_tokens,
            version: 0,
        }
    }

    /// All keys of the account, including expired ones and those of switched-off directions. A
    /// request with such a key is refused with the actual reason.
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

/// Key that identifies an account in a request. Each belongs to one account at most.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum AccountKey {
    /// Digest of a partner key.
    Partner(KeyDigest),
    /// Digest of an operator token.
    Operator(KeyDigest),
    /// Hook key, the last segment of a webhook address.
    Hook(HookKey),
}

impl AccountKey {
    /// Kind of key, for stores.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Partner(_) => "partner",
            Self::Operator(_) => "operator",
            Self::Hook(_) => "hook",
        }
    }

    /// Digest for stores. A hook key is digested as well, so that a leaked database reveals no
    /// webhook address.
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
    /// Account after which the next page begins, if there may be more.
    pub next: Option<AccountId>,
}

impl AccountPage {
    /// Maximum page size.
    pub const MAX_LIMIT: usize = 500;

    /// A page of accounts and the start of the next one.
    pub fn new(accounts: Vec<AccountId>, next: Option<AccountId>) -> Self {
        Self { accounts, next }
    }
}
