//! New keys: made here, shown once, kept elsewhere.

use greenhouse_core::{
    HookKey, Secret,
    report_link::ReportLinkKey,
    settings::{KeyDigest, OperatorToken, PartnerKey},
};
use sqlx_store::{KeyId, MasterKey};

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyPurpose {
    /// Greenhouse comes to the assessment endpoints with it.
    Partner,
    /// An operator comes to `/api/integrations/*` with it.
    Operator,
    /// Signs the report links of an account.
    ReportLink,
    /// The last segment of the webhook address.
    Hook,
    /// Seals the secrets in the database.
    Master,
}

impl KeyPurpose {
    /// The setting that it goes into.
    pub fn setting(self) -> &'static str {
        match self {
            Self::Partner => "accounts.assessments.partner_keys",
            Self::Operator => "accounts.operator_tokens",
            Self::ReportLink => "accounts.report_links.current.secret",
            Self::Hook => "accounts.sync.hook_key",
            Self::Master => "master_keys",
        }
    }
}

/// A key that was just made.
#[derive(Debug)]
pub struct NewKey {
    /// The key itself. Show it once.
    pub key: Secret,
    /// What the configuration keeps of it; none where the configuration needs the key itself.
    pub digest: Option<KeyDigest>,
    /// What messages call a master key. It tells nothing of the key; other keys have none.
    pub id: Option<KeyId>,
}

impl NewKey {
    /// Makes a key with 256 bits from the operating system.
    ///
    /// # Errors
    ///
    /// [`NoRandomness`] where the operating system has none to give.
    pub fn new(purpose: KeyPurpose) -> Result<Self, NoRandomness> {
        match purpose {
            KeyPurpose::Partner => {
                let key = PartnerKey::mint().map_err(|_| NoRandomness)?;
                Ok(Self {
                    digest: Some(key.digest()),
                    key: key.into_secret(),
                    id: None,
                })
            }
            KeyPurpose::Operator => {
                let token = OperatorToken::mint().map_err(|_| NoRandomness)?;
                Ok(Self {
                    digest: Some(token.digest()),
                    key: token.into_secret(),
                    id: None,
                })
            }
            KeyPurpose::Master => {
                let key = MasterKey::generate().map_err(|_| NoRandomness)?;
                Ok(Self {
                    key: key.expose(),
                    digest: None,
                    id: Some(key.id()),
                })
            }
            KeyPurpose::ReportLink => {
                let key = ReportLinkKey::mint("1").map_err(|_| NoRandomness)?;
                Ok(Self::without_digest(key.secret().clone()))
            }
            KeyPurpose::Hook => {
                let key = HookKey::mint().map_err(|_| NoRandomness)?;
                Ok(Self::without_digest(Secret::new(key.as_str())))
            }
        }
    }

    fn without_digest(key: Secret) -> Self {
        Self {
            key,
            digest: None,
            id: None,
        }
    }
}

/// The operating system gave no random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub struct NoRandomness;
