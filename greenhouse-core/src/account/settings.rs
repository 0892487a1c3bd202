use serde::{Deserialize, Serialize};

use super::{AssessmentSettings, Connection, KeyDigest, ManagedHooks, PushSettings, SyncSettings};
use crate::report_link::ReportLinks;

/// Settings of one account. Each direction is optional.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AccountSettings {
    /// Enables the account. While the account is switched off, no direction accepts requests or
    /// starts tasks. Report links still work.
    #[serde(default = "on", skip_serializing_if = "is_on")]
    pub enabled: bool,
    /// Keys that sign report links.
    pub report_links: ReportLinks,
    /// Settings for candidates that Greenhouse sends to the product.
    #[serde(default)]
    pub assessments: Option<AssessmentSettings>,
    /// Settings for candidates that the product pushes to Greenhouse.
    #[serde(default)]
    pub push: Option<PushSettings>,
    /// Settings for webhooks that report changes to pushed candidates.
    #[serde(default)]
    pub sync: Option<SyncSettings>,
    /// Digests of revoked partner keys, the newest last, so that an outdated accounts file cannot
    /// make a revoked key valid again. At most [`MAX_REVOKED`](Self::MAX_REVOKED).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revoked_partner_keys: Vec<KeyDigest>,
    /// Webhooks that the host created in Greenhouse. `None` if there are none. Kept while the
    /// webhook settings are switched off or removed, until the webhooks are deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub managed_hooks: Option<ManagedHooks>,
    /// Connection to a partner's app. `None` if none was ever begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<Connection>,
}

impl AccountSettings {
    /// Creates settings with no direction set up.
    pub fn new(report_links: ReportLinks) -> Self {
        Self {
            enabled: true,
            report_links,
            assessments: None,
            push: None,
            sync: None,
            revoked_partner_keys: Vec::new(),
            managed_hooks: None,
            connection: None,
        }
    }

    /// Maximum number of revoked keys to keep. The oldest are dropped first.
    pub const MAX_REVOKED: usize = 1_000;

    /// Removes these partner keys and adds them to the revoked keys.
    pub fn revoke_partner_keys(&mut self, keys: impl IntoIterator<Item = KeyDigest>) {
        for key in keys {
            if !self.revoked_partner_keys.contains(&key) {
                self.revoked_partner_keys.push(key);
            }
        }
        let extra = self
            .revoked_partner_keys
            .len()
            .saturating_sub(Self::MAX_REVOKED);
        self.revoked_partner_keys.drain(..extra);
        if let Some(assessments) = &mut self.assessments {
            let revoked = &self.revoked_partner_keys;
            let own = &mut assessments.partner_keys;
            own.retain(|key| !revoked.contains(&key.digest));
        }
    }

    /// Applies the revocations of earlier settings of the account. An earlier key that had an
    /// expiry and is missing from these settings is also revoked, because it could otherwise be
    /// added again without the expiry.
    pub fn keep_revocations_of(&mut self, earlier: &Self) {
        let kept = self.assessments.iter().flat_map(|own| &own.partner_keys);
        let kept: Vec<KeyDigest> = kept.map(|key| key.digest).collect();
        let stored = earlier.assessments.iter().flat_map(|own| &own.partner_keys);
        let ended = stored.filter(|key| key.expires_at.is_some() && !kept.contains(&key.digest));
        let ended: Vec<KeyDigest> = ended.map(|key| key.digest).collect();
        let revoked = earlier.revoked_partner_keys.iter().copied();
        self.revoke_partner_keys(revoked.chain(ended));
    }
}

fn on() -> bool {
    true
}

fn is_on(enabled: &bool) -> bool {
    *enabled
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::{Secret, report_link::ReportLinkKey};

    #[test]
    fn a_revoked_or_ended_key_does_not_return() {
        let ending = |name: &str| {
            let mut key = crate::settings::PartnerKeyRecord::new(KeyDigest::of(name));
            key.expires_at = Some(DateTime::UNIX_EPOCH);
            key
        };
        let mut earlier = with(&["a", "b", "c"]);
        earlier.revoke_partner_keys([KeyDigest::of("a")]);
        let own = earlier.assessments.as_mut().unwrap();
        own.partner_keys.extend([ending("d"), ending("e")]);
        assert_eq!(
            names(&earlier, &["a", "b", "c", "d", "e"]),
            ["b", "c", "d", "e"]
        );

        let mut later = with(&["a", "b", "e", "f"]);
        later.keep_revocations_of(&earlier);
        assert_eq!(
            names(&later, &["a", "b", "c", "d", "e", "f"]),
            ["b", "e", "f"]
        );
        let revoked = [KeyDigest::of("a"), KeyDigest::of("d")];
        assert_eq!(later.revoked_partner_keys, revoked);

        // Without assessments, every key with an expiry has ended.
        let mut none = with(&[]);
        none.assessments = None;
        none.keep_revocations_of(&earlier);
        let mut back = with(&["a", "b", "c", "d", "e"]);
        back.keep_revocations_of(&none);
        assert_eq!(names(&back, &["a", "b", "c", "d", "e"]), ["b", "c"]);
        let stored = back.at_rest().unwrap();
        assert_eq!(AccountSettings::from_rest(&stored).unwrap(), back);
    }

    #[test]
    fn the_list_of_revoked_keys_is_bounded() {
        let mut settings = with(&["0"]);
        for number in 0..AccountSettings::MAX_REVOKED + 5 {
            settings.revoke_partner_keys([KeyDigest::of(&number.to_string())]);
        }
        assert_eq!(
            settings.revoked_partner_keys.len(),
            AccountSettings::MAX_REVOKED
        );
        let first = settings.revoked_partner_keys.first();
        assert_eq!(first, Some(&KeyDigest::of("5")));
    }

    fn with(keys: &[&str]) -> AccountSettings {
        let signing = ReportLinkKey::new("1", Secret::new("s".repeat(32))).unwrap();
        let mut settings = AccountSettings::new(ReportLinks::new(signing, vec![]));
        let keys = keys.iter().map(|key| KeyDigest::of(key)).collect();
        settings.assessments = Some(AssessmentSettings::new(keys));
        settings
    }

    /// Returns the names in `all` whose keys are in the settings.
    fn names<'a>(settings: &AccountSettings, all: &[&'a str]) -> Vec<&'a str> {
        let keys = &settings.assessments.as_ref().unwrap().partner_keys;
        let is_in = |name: &&&str| keys.iter().any(|key| key.digest == KeyDigest::of(name));
        all.iter().filter(is_in).copied().collect()
    }
}
