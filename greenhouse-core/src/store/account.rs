use crate::{
    AccountId, HookKey,
    settings::{AccountSettings, KeyDigest},
};

/// What is stored of an account: its settings, and who may change them.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct AccountRecord {
    /// The settings. A store seals the secrets in them; see [`AccountSettings::at_rest`].
    pub settings: AccountSettings,
    /// The digests of the tokens that open the operator's endpoints, for hosts that guard them so.
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

    /// Everything that names this account to whoever comes with it, expired or not. Switched-off directions keep their keys: whoever
    /// comes with one is told that it is off, not that it is wrong.
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

/// What names an account in a request. Each belongs to one account at most.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum AccountKey {
    /// The digest of a partner key.
    Partner(KeyDigest),
    /// The digest of an operator's token.
    Operator(KeyDigest),
    /// The hook key, the last segment of a webhook address.
    Hook(HookKey),
}

impl AccountKey {
    /// The word for stores: which kind of key it is.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Partner(_) => "partner",
            Self::Operator(_) => "operator",
            Self::Hook(_) => "hook",
        }
    }

    /// The digest for stores. A hook key is digested, too, so that a database gives nobody an address to write to.
    pub fn digest(&self) -> KeyDigest {
        match self {
            Self::Partner(digest) | Self::Operator(digest) => *digest,
            Self::Hook(key) => KeyDigest::of(key.as_str()),
        }
    }
}

/// One page of accounts, in the order of their ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccountPage {
    /// The accounts.
    pub accounts: Vec<AccountId>,
    /// After which account the next page begins, if there may be more.
    pub next: Option<AccountId>,
}

impl AccountPage {
    /// The most accounts that a store answers at once.
    pub const MAX_LIMIT: usize = 500;

    /// A page of accounts, and after which the next one begins.
    pub fn new(accounts: Vec<AccountId>, next: Option<AccountId>) -> Self {
        Self { accounts, next }
    }
}
