//! Generates random keys. Stores nothing: the operator sees a key once, and enters the key or its
//! digest as a setting.

use greenhouse_core::{
    HookKey, Secret,
    report_link::ReportLinkKey,
    settings::{KeyDigest, OperatorToken, PartnerKey},
};
use sqlx_store::{KeyId, MasterKey};

/// Purpose of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyPurpose {
    /// API key that Greenhouse sends to the assessment endpoints.
    Partner,
    /// Bearer token for the operator endpoints, `/api/integrations/*`.
    Operator,
    /// Secret that signs the report links of an account.
    ReportLink,
    /// Last segment of the webhook address of an account.
    Hook,
    /// Key that encrypts the secrets in the database.
    Master,
}

impl KeyPurpose {
    /// Returns the path of the setting that contains the key or its digest.
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

/// Key that was just created.
#[derive(Debug)]
pub struct NewKey {
    /// Key to show to the operator once.
    pub key: Secret,
    /// Digest to enter as the setting. `None` if the setting contains the key itself.
    pub digest: Option<KeyDigest>,
    /// Id of a master key for messages, which does not reveal the key. `None` for other keys.
    pub id: Option<KeyId>,
}

impl NewKey {
    /// Creates a key with 256 random bits from the operating system.
    ///
    /// # Errors
    ///
    /// [`NoRandomness`] if the operating system provided no random bytes.
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

/// The operating system provided no random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("could not get random bytes from the operating system")]
pub struct NoRandomness;
