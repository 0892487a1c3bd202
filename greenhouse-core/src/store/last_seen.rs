use crate::settings::KeyDigest;

/// Item of an account for which the store records the time of the last use.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum LastSeen {
    /// A partner key.
    PartnerKey(KeyDigest),
    /// Poll for completed assessments. Its time is the position in the product's list.
    CompletedPoll,
    /// Hook that sends this action.
    Hook(String),
}

impl LastSeen {
    /// Kind of item, for stores.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::PartnerKey(_) => PARTNER_KEY,
            Self::Hook(_) => HOOK,
            Self::CompletedPoll => COMPLETED_POLL,
        }
    }

    /// Name for stores: the digest of the key, or the action of the hook.
    pub fn name(&self) -> String {
        match self {
            Self::PartnerKey(digest) => digest.to_string(),
            Self::Hook(action) => action.clone(),
            Self::CompletedPoll => String::new(),
        }
    }

    /// Parses a stored [`kind`](Self::kind) and [`name`](Self::name). `None` if the kind is
    /// unknown.
    pub fn from_words(kind: &str, name: &str) -> Option<Self> {
        match kind {
            PARTNER_KEY => name.parse().ok().map(Self::PartnerKey),
            HOOK => Some(Self::Hook(name.to_owned())),
            COMPLETED_POLL => Some(Self::CompletedPoll),
            _ => None,
        }
    }
}

const PARTNER_KEY: &str = "partner_key";
const COMPLETED_POLL: &str = "completed_poll";
const HOOK: &str = "hook";
