mod form;

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
        let is_secret = |secret: &Secret| {
            !secret.expose().trim().is_empty() && !secret.matches(client_id.as_bytes())
        };
        let client_secret = client_secret
            .filter(is_secret)
            .ok_or(CredentialError::LooksLikeV1Key)?;
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
    /// The client secret is missing or equals the client id, or the settings contain an `api_key`.
    /// Probably a Harvest v1 API key.
    #[error(
        "the client secret is missing; if this is a Harvest v1 key, create a credential of type \"Harvest V3 (OAuth)\" \
         under Configure > Dev Center > API Credential Management, because Greenhouse removed v1 and v2 on 31 August 2026"
    )]
    LooksLikeV1Key,
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
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const V1_KEY: &str = "0d031d8227eafa61dc375a6c2e067e24";

    #[test]
    fn one_value_is_taken_for_a_v1_key() {
        for secret in [None, Some(""), Some(" "), Some(V1_KEY)] {
            let error = HarvestCredential::new(V1_KEY, secret.map(Secret::new)).unwrap_err();
            assert_eq!(error, CredentialError::LooksLikeV1Key);
            assert!(error.to_string().contains("31 August 2026"));
        }
        assert_eq!(
            HarvestCredential::new(" ", Some("s3cret-s3cret".into())).unwrap_err(),
            CredentialError::NoClientId
        );
    }

    #[test]
    fn every_form_of_a_v1_key_in_settings_is_told_why_and_what_to_do() {
        for settings in [
            json!(V1_KEY),
            json!({ "client_id": V1_KEY }),
            json!({ "client_id": V1_KEY, "client_secret": null }),
            json!({ "client_id": V1_KEY, "client_secret": "" }),
            json!({ "client_id": V1_KEY, "client_secret": V1_KEY }),
            json!({ "api_key": V1_KEY }),
            json!({ "client_id": "id", "client_secret": "s3cret-s3cret", "api_key": V1_KEY }),
        ] {
            let text = refusal(settings.clone());
            assert!(
                text.contains("31 August 2026") && text.contains("API Credential Management"),
                "{settings}: {text}"
            );
            assert!(!text.contains(V1_KEY), "{text}");
        }
    }

    #[test]
    fn the_grant_is_read_and_written() {
        let own = json!({ "client_id": "id", "client_secret": "s3cret-s3cret" });
        let plain = HarvestCredential::new("id", Some("s3cret-s3cret".into())).unwrap();
        let written = serde_json::to_value(&plain).unwrap();
        assert_eq!(written, json!({ "client_id": "id", "client_secret": null }));
        let same = json!({ "client_id": "id", "client_secret": "s3cret-s3cret", "grant": "client_credentials" });
        for form in [own, same] {
            let read: HarvestCredential = serde_json::from_value(form).unwrap();
            assert_eq!(read, plain);
        }
        let form = json!({
            "client_id": "id", "client_secret": "s3cret-s3cret",
            "grant": "authorization_code", "redirect_uri": "https://partner.example",
        });
        let read: HarvestCredential = serde_json::from_value(form.clone()).unwrap();
        assert_eq!(
            *read.grant(),
            HarvestGrant::AuthorizationCode {
                redirect_uri: "https://partner.example".to_owned()
            }
        );
        let mut written = serde_json::to_value(&read).unwrap();
        written["client_secret"] = json!("s3cret-s3cret");
        assert_eq!(written, form);
    }

    #[test]
    fn a_grant_that_does_not_fit_is_refused() {
        for (grant, uri, why) in [
            (
                json!("authorization_code"),
                json!(null),
                "requires the redirect_uri",
            ),
            (
                json!("authorization_code"),
                json!(""),
                "requires the redirect_uri",
            ),
            (
                json!("authorization_code"),
                json!("http://partner.example/"),
                "must be https",
            ),
            (
                json!("authorization_code"),
                json!("https://a.example/#b"),
                "must be https",
            ),
            (
                json!("authorization_code"),
                json!("https://me@a.example/"),
                "must be https",
            ),
            (
                json!("authorization_code"),
                json!("callback"),
                "must be https",
            ),
            (
                json!("client_credentials"),
                json!("https://a.example/"),
                "only with the grant authorization_code",
            ),
            (
                json!(null),
                json!("https://a.example/"),
                "only with the grant authorization_code",
            ),
            (json!("password"), json!(null), "unknown variant"),
        ] {
            let form = json!({
                "client_id": "id", "client_secret": "s3cret-s3cret", "grant": grant, "redirect_uri": uri,
            });
            let text = refusal(form.clone());
            assert!(text.contains(why), "{form}: {text}");
        }
        let local = HarvestCredential::partner(
            "id",
            Some("s3cret-s3cret".into()),
            "http://127.0.0.1:8080/back",
        );
        assert!(local.is_ok());
    }

    #[test]
    fn pasted_values_are_checked() {
        for (id, secret, expected) in [
            ("id", "12345678", None),
            ("id", "1234567", Some("client_secret: expected at least 8")),
            (
                "id",
                "12345678\n",
                Some("client_secret: the value contains a line break"),
            ),
            (
                "id",
                "12345678\u{200b}",
                Some("client_secret: the value contains an invisible character"),
            ),
            ("id", " 12345678", Some("client_secret: the value begins")),
            (
                "id\u{feff}",
                "12345678",
                Some("client_id: the value contains an invisible character"),
            ),
            ("id ", "12345678", Some("client_id: the value begins")),
            (
                "id\r",
                "12345678",
                Some("client_id: the value contains a line break"),
            ),
        ] {
            let form = json!({ "client_id": id, "client_secret": secret });
            let read = serde_json::from_value::<HarvestCredential>(form);
            let shown = read.as_ref().err().map(ToString::to_string);
            let is_expected = match (&shown, expected) {
                (Some(shown), Some(expected)) => shown.starts_with(expected),
                (shown, expected) => shown.is_none() && expected.is_none(),
            };
            assert!(is_expected, "{id:?} {secret:?}: {shown:?}");
            let made = HarvestCredential::new(id, Some(secret.into()));
            assert_eq!(
                made.is_ok(),
                expected.is_none() || secret == "1234567",
                "{id:?} {secret:?}"
            );
        }
    }

    #[test]
    fn debug_shows_only_the_grant() {
        let made = HarvestCredential::new("canary-id", Some("canary-secret".into())).unwrap();
        let shown = format!("{made:?}");
        assert_eq!(shown, "HarvestCredential { grant: ClientCredentials, .. }");
    }

    fn refusal(settings: Value) -> String {
        serde_json::from_value::<HarvestCredential>(settings)
            .unwrap_err()
            .to_string()
    }
}
