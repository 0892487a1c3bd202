//! Reasons why a change to partner keys was refused, with their remedies.

pub(crate) const NOT_CONFIGURED: &str = "assessments are not set up";
pub(crate) const SET_UP_ASSESSMENTS: &str = "Set up assessments first.";

pub(crate) const UNKNOWN_KEY: &str = "the account has no partner key with this id";

pub(crate) const TOO_MANY: &str = "the account already has the maximum number of partner keys";
pub(crate) const REVOKE_KEYS: &str = "Revoke partner keys that are no longer used.";
