use crate::settings::KeyDigest;

/// A key or hook of an account whose last use is noted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum LastSeen {
    /// A partner key.
    PartnerKey(KeyDigest),
    /// The hook that sends this action.
    Hook(String),
}

impl LastSeen {
    /// The word for stores: a key or a hook.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::PartnerKey(_) => PARTNER_KEY,
            Self::Hook(_) => HOOK,
        }
    }

    /// The name for stores: the digest of the key, or the action of the hook.
    pub fn name(&self) -> String {
        match self {
            Self::PartnerKey(digest) => digest.to_string(),
            Self::Hook(action) => action.clone(),
        }
    }

    /// Reads what a store has of [`kind`](Self::kind) and [`name`](Self::name). `None` if it is neither.
    pub fn from_words(kind: &str, name: &str) -> Option<Self> {
        match kind {
            PARTNER_KEY => name.parse().ok().map(Self::PartnerKey),
            HOOK => Some(Self::Hook(name.to_owned())),
            _ => None,
        }
    }
}

const PARTNER_KEY: &str = "partner_key";
const HOOK: &str = "hook";
