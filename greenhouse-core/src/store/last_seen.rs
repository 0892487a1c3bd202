use crate::settings::KeyDigest;

/// Item of an account for which the store records the time of the last use.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum LastSeen {
    /// A partner key.
    PartnerKey(KeyDigest),
    /// Poll for completed assessments. Its time is the position in the product's list.
    CompletedPoll,
    /// Check of the webhooks that the host created.
    HookCheck,
    /// Hook that sends this action.
    Hook(String),
    /// Refused delivery of a hook.
    RefusedHook {
        /// Reason for the refusal.
        reason: HookRefusal,
        /// Action of the hook that the delivery claims to come from. Empty if unknown.
        action: String,
    },
}

/// Reason why a delivery was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum HookRefusal {
    /// The signature does not match the account's secrets.
    Signature,
    /// The signature is missing or malformed. The body was not read.
    Unsigned,
    /// The body is larger than the limit.
    Size,
    /// The account's webhooks are switched off.
    SwitchedOff,
}

impl HookRefusal {
    /// All reasons.
    pub const ALL: [Self; 4] = [
        Self::Signature,
        Self::Unsigned,
        Self::Size,
        Self::SwitchedOff,
    ];

    fn prefix(self) -> &'static str {
        match self {
            Self::Signature => "refused_signature:",
            Self::Unsigned => "refused_unsigned:",
            Self::Size => "refused_size:",
            Self::SwitchedOff => "refused_off:",
        }
    }
}

impl LastSeen {
    /// Kind of item, for stores.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::PartnerKey(_) => PARTNER_KEY,
            Self::Hook(_) | Self::RefusedHook { .. } => HOOK,
            Self::CompletedPoll => COMPLETED_POLL,
            Self::HookCheck => HOOK_CHECK,
        }
    }

    /// Name for stores: the digest of the key, or the action of the hook, prefixed with the reason
    /// if its delivery was refused. Empty for a poll
    /// and a check.
    pub fn name(&self) -> String {
        match self {
            Self::PartnerKey(digest) => digest.to_string(),
            Self::Hook(action) => action.clone(),
            Self::RefusedHook { reason, action } => [reason.prefix(), action].concat(),
            Self::CompletedPoll | Self::HookCheck => String::new(),
        }
    }

    /// Parses a stored [`kind`](Self::kind) and [`name`](Self::name). `None` if the kind is
    /// unknown, or if the name of a partner key is not a digest.
    pub fn from_words(kind: &str, name: &str) -> Option<Self> {
        match kind {
            PARTNER_KEY => name.parse().ok().map(Self::PartnerKey),
            HOOK => Some(Self::of_hook(name)),
            COMPLETED_POLL => Some(Self::CompletedPoll),
            HOOK_CHECK => Some(Self::HookCheck),
            _ => None,
        }
    }

    fn of_hook(name: &str) -> Self {
        let refused = HookRefusal::ALL.into_iter().find_map(|reason| {
            let action = name.strip_prefix(reason.prefix())?.to_owned();
            Some(Self::RefusedHook { reason, action })
        });
        refused.unwrap_or_else(|| Self::Hook(name.to_owned()))
    }
}

const PARTNER_KEY: &str = "partner_key";
const COMPLETED_POLL: &str = "completed_poll";
const HOOK_CHECK: &str = "hook_check";
const HOOK: &str = "hook";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_words_are_parsed_back() {
        let mut items = vec![
            LastSeen::CompletedPoll,
            LastSeen::HookCheck,
            LastSeen::Hook("ping".to_owned()),
        ];
        items.push(LastSeen::PartnerKey(KeyDigest::of("gpk_a")));
        for reason in HookRefusal::ALL {
            for action in ["", "ping", "hire_candidate"] {
                let action = action.to_owned();
                items.push(LastSeen::RefusedHook { reason, action });
            }
        }
        for item in items {
            let read = LastSeen::from_words(item.kind(), &item.name());
            assert_eq!(read, Some(item));
        }
        assert_eq!(LastSeen::from_words("news", ""), None);
    }
}
