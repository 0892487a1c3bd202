mod form;
mod view;

use std::fmt;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use self::form::CredentialForm;
use crate::{Secret, SecretProblem};

/// OAuth client of an account for Harvest v3, with its grant.
///
/// A customer's own integration supports only client credentials, and a partner app only the
/// authorization code grant (documented).
///
/// Debug shows only the grant.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "CredentialForm")]
pub struct HarvestCredential {
    client_id: String,
    client_secret: Secret,
    #[serde(flatten, skip_serializing_if = "HarvestGrant::is_default")]
    grant: HarvestGrant,
}

/// OAuth grant with which a credential obtains tokens.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(tag = "grant", rename_all = "snake_case")]
#[non_exhaustive]
pub enum HarvestGrant {
    /// Client credentials grant, for a customer's own integration. Can act as any user.
    #[default]
    ClientCredentials,
    /// Authorization code grant, for a partner app. The user at the customer who gave consent is
    /// the acting user.
    #[non_exhaustive]
    AuthorizationCode {
        /// URL to which Greenhouse redirects the user after consent, exactly as registered.
        redirect_uri: String,
    },
}

impl HarvestCredential {
    /// Creates the credential for a customer's own integration.
    ///
    /// Checks the characters of both values, but not the length of the secret. Settings that a
    /// person enters are also checked with [`Secret::check`].
    ///
    /// # Errors
    ///
    /// [`CredentialError`] if the id or the secret is missing or fails
    /// [`Secret::check_characters`]. An id without a secret, or the same value for both, is treated
    /// as a Harvest v1 API key. Greenhouse removed v1 on 31 August 2026 (documented).
    pub fn new(
        client_id: impl Into<String>,
        client_secret: Option<Secret>,
    ) -> Result<Self, CredentialError> {
        Self::checked(
            client_id.into(),
            client_secret,
            HarvestGrant::ClientCredentials,
        )
    }

    /// Creates the credential for a partner app. `redirect_uri` is kept verbatim, because
    /// Greenhouse compares it exactly (documented).
    ///
    /// # Errors
    ///
    /// The errors of [`new`](Self::new). Also fails if `redirect_uri` is missing, contains user
    /// info or a fragment, or is neither https nor http on a loopback address.
    pub fn partner(
        client_id: impl Into<String>,
        client_secret: Option<Secret>,
        redirect_uri: impl Into<String>,
    ) -> Result<Self, CredentialError> {
        let redirect_uri = redirect_uri.into();
        check_redirect(&redirect_uri)?;
        let grant = HarvestGrant::AuthorizationCode { redirect_uri };
        Self::checked(client_id.into(), client_secret, grant)
    }

    /// Client id. Not a secret, but do not log it, because it identifies the customer's credential.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Client secret.
    pub fn client_secret(&self) -> &Secret {
        &self.client_secret
    }

    /// OAuth grant.
    pub fn grant(&self) -> &HarvestGrant {
        &self.grant
    }

    fn checked(
        client_id: String,
        client_secret: Option<Secret>,
        grant: HarvestGrant,
    ) -> Result<Self, CredentialError> {
        if client_id.trim().is_empty() {
            return Err(CredentialError::NoClientId);
        }
        let client_secret = client_secret
            .filter(|secret| !secret.expose().trim().is_empty())
            .ok_or(CredentialError::LooksLikeV1Key)?;
        if client_secret.matches(client_id.as_bytes()) {
            return Err(CredentialError::SecretIsClientId);
        }
        Secret::new(client_id.as_str())
            .check_characters()
            .map_err(CredentialError::ClientId)?;
        client_secret
            .check_characters()
            .map_err(CredentialError::ClientSecret)?;
        Ok(Self {
            client_id,
            client_secret,
            grant,
        })
    }

    /// Replaces the secret with one that is already stored. Does not check the secret, so that
    /// settings with a secret that an earlier version accepted can still be read and changed.
    #[must_use]
    pub fn with_stored_secret(self, client_secret: Secret) -> Self {
        Self {
            client_secret,
            ..self
        }
    }
}

impl fmt::Debug for HarvestCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HarvestCredential")
            .field("grant", &self.grant)
            .finish_non_exhaustive()
    }
}

impl HarvestGrant {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Reason why a credential is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialError {
    /// The client id is missing.
    #[error("the client id is missing")]
    NoClientId,
    /// The client secret is missing. Probably a Harvest v1 API key.
    #[error("the client secret is missing; {}", V1_REMEDY)]
    LooksLikeV1Key,
    /// The client secret equals the client id. Probably a Harvest v1 API key.
    #[error("the client secret equals the client id; {}", V1_REMEDY)]
    SecretIsClientId,
    /// The settings contain an `api_key`, the member for a Harvest v1 API key.
    #[error("api_key is not a setting of this version; {}", V1_REMEDY)]
    ApiKey,
    /// The grant is unknown.
    #[error("grant: expected `client_credentials` or `authorization_code`")]
    UnknownGrant,
    /// The client id contains a space or an invisible character.
    #[error("client_id: {0}")]
    ClientId(SecretProblem),
    /// The client secret contains a space or an invisible character, or is too short.
    #[error("client_secret: {0}")]
    ClientSecret(SecretProblem),
    /// The redirect URI of a partner app is missing.
    #[error(
        "the grant authorization_code requires the redirect_uri that is registered for the app"
    )]
    NoRedirectUri,
    /// The redirect URI is neither https nor http on a loopback address, or it contains user info
    /// or a fragment.
    #[error(
        "the redirect_uri must be https, or http on a loopback address, without user info or a fragment"
    )]
    RedirectUri,
    /// A redirect URI was set for the grant client_credentials, which does not use one.
    #[error("a redirect_uri is allowed only with the grant authorization_code")]
    UnusedRedirectUri,
}

const V1_REMEDY: &str = "if this is a Harvest v1 key, create a credential of type \"Harvest V3 (OAuth)\" under Configure > Dev Center > API Credential Management, because Greenhouse removed v1 and v2 on 31 August 2026";

fn check_redirect(redirect_uri: &str) -> Result<(), CredentialError> {
    if redirect_uri.trim().is_empty() {
        return Err(CredentialError::NoRedirectUri);
    }
    let url = Url::parse(redirect_uri).map_err(|_| CredentialError::RedirectUri)?;
    let loopback = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    let secure = url.scheme() == "https" || (url.scheme() == "http" && loopback);
    let user = !url.username().is_empty() || url.password().is_some();
    if !secure || user || url.fragment().is_some() {
        return Err(CredentialError::RedirectUri);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
