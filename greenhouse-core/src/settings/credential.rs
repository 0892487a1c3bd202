use serde::{Deserialize, Serialize};

use crate::Secret;

/// What a customer's Harvest v3 credential consists of: OAuth client credentials (documented).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "CredentialForm")]
pub struct HarvestCredential {
    client_id: String,
    client_secret: Secret,
}

impl HarvestCredential {
    /// Takes a client id and its secret.
    ///
    /// # Errors
    ///
    /// [`CredentialError`] where one of them is missing. A single value is taken for an API key of Harvest v1, which
    /// Greenhouse removed on 31 August 2026 (documented).
    pub fn new(
        client_id: impl Into<String>,
        client_secret: Option<Secret>,
    ) -> Result<Self, CredentialError> {
        let client_id = client_id.into();
        if client_id.trim().is_empty() {
            return Err(CredentialError::NoClientId);
        }
        match client_secret {
            Some(client_secret) if !client_secret.is_empty() => Ok(Self {
                client_id,
                client_secret,
            }),
            _ => Err(CredentialError::LooksLikeV1Key),
        }
    }

    /// The client id. Not a secret, but not for logs either: it names the customer's credential.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The client secret.
    pub fn client_secret(&self) -> &Secret {
        &self.client_secret
    }
}

/// Why a credential cannot work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialError {
    /// There is no client id.
    #[error("the client id is missing")]
    NoClientId,
    /// There is one value where two are needed.
    #[error(
        "the client secret is missing; if this is a Harvest v1 key: Greenhouse removed v1 and v2 on 31 August 2026, so \
         create a credential of type \"Harvest V3 (OAuth)\" under Configure > Dev Center > API Credential Management"
    )]
    LooksLikeV1Key,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CredentialForm {
    client_id: String,
    client_secret: Option<Secret>,
}

impl TryFrom<CredentialForm> for HarvestCredential {
    type Error = CredentialError;

    fn try_from(form: CredentialForm) -> Result<Self, CredentialError> {
        Self::new(form.client_id, form.client_secret)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_is_taken_for_a_v1_key() {
        for secret in [None, Some(Secret::new(""))] {
            let error =
                HarvestCredential::new("0d031d8227eafa61dc375a6c2e067e24", secret).unwrap_err();
            assert_eq!(error, CredentialError::LooksLikeV1Key);
            assert!(error.to_string().contains("31 August 2026"));
        }
        assert_eq!(
            HarvestCredential::new(" ", Some("s".into())).unwrap_err(),
            CredentialError::NoClientId
        );
    }
}
