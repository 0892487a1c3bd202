use crate::settings::KeyDigest;

/// What is noted of an account with the time at which it was last seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum LastSeen {
    /// A partner key.
    PartnerKey(KeyDigest),
    /// The poll for completed assessments. Its time is the position in the product's list.
    CompletedPoll,
    /// The hook that sends this action.
    Hook(String),
}

impl LastSeen {
    /// The word for stores: a key or a hook.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::PartnerKey(_) => PARTNER_KEY,
            Self::Hook(_) => HOOK,
            Self::CompletedPoll => COMPLETED_POLL,
        }
    }

    /// The name for stores: the digest of the key, or the action of the hook.
    pub fn name(&self) -> String {
        match self {
            Self::PartnerKey(digest) => digest.to_string(),
            Self::Hook(action) => action.clone(),
            Self::CompletedPoll => String::new(),
        }
    }

    /// Reads what a store has of [`kind`](Self::kind) and [`name`](Self::name). `None` if it is neither.
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
