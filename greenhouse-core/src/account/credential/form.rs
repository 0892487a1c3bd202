use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{self, IgnoredAny, MapAccess, Visitor, value::MapAccessDeserializer},
};

use super::{CredentialError, HarvestCredential};
use crate::Secret;

/// Credential as written in settings.
pub(super) enum CredentialForm {
    /// A single value instead of an id and a secret. Discarded, so that no error can repeat it.
    One,
    Members(Members),
}

#[derive(Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Members {
    /// Client id. Parsed as a secret, so that no error can repeat it.
    #[serde(default)]
    #[cfg_attr(
        feature = "openapi",
        schemars(with = "String", description = "Client id.")
    )]
    client_id: Option<Secret>,
    /// Client secret. If the other members are unchanged, it may be left out.
    #[serde(default)]
    client_secret: Option<Secret>,
    /// OAuth grant. `client_credentials` by default.
    #[serde(default)]
    #[cfg_attr(
        feature = "openapi",
        schemars(extend("enum" = ["client_credentials", "authorization_code", null]))
    )]
    grant: Option<String>,
    /// URL to which Greenhouse redirects the user after consent. Required for
    /// `authorization_code`.
    #[serde(default)]
    redirect_uri: Option<String>,
    /// Member that contained the Harvest v1 key in earlier versions.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schemars(skip))]
    api_key: Option<IgnoredAny>,
}

impl TryFrom<CredentialForm> for HarvestCredential {
    type Error = CredentialError;

    fn try_from(form: CredentialForm) -> Result<Self, CredentialError> {
        let CredentialForm::Members(members) = form else {
            return Err(CredentialError::LooksLikeV1Key);
        };
        if members.api_key.is_some() {
            return Err(CredentialError::ApiKey);
        }
        let id = members.client_id.ok_or(CredentialError::NoClientId)?;
        let (id, secret) = (id.expose(), members.client_secret);
        let credential = match (members.grant.as_deref(), members.redirect_uri) {
            (None | Some("client_credentials"), None) => Self::new(id, secret),
            (None | Some("client_credentials"), Some(_)) => Err(CredentialError::UnusedRedirectUri),
            (Some("authorization_code"), None) => Err(CredentialError::NoRedirectUri),
            (Some("authorization_code"), Some(uri)) => Self::partner(id, secret, uri),
            (Some(_), _) => Err(CredentialError::UnknownGrant),
        }?;
        let length = credential.client_secret.check();
        length.map_err(CredentialError::ClientSecret)?;
        Ok(credential)
    }
}

impl<'de> Deserialize<'de> for CredentialForm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FormVisitor)
    }
}

struct FormVisitor;

impl<'de> Visitor<'de> for FormVisitor {
    type Value = CredentialForm;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a client_id and its client_secret")
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<CredentialForm, E> {
        Ok(CredentialForm::One)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<CredentialForm, A::Error> {
        Members::deserialize(MapAccessDeserializer::new(members)).map(CredentialForm::Members)
    }
}
