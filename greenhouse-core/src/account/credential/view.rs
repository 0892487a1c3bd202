//! Credential as shown on a settings page, without the secret.

use serde::Serialize;

use super::{HarvestCredential, HarvestGrant};

/// Harvest v3 credential of the account, without the secret.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct CredentialView<'a> {
    /// Client id.
    client_id: &'a str,
    /// `true`, because a secret is always stored. The secret is never returned.
    client_secret_set: bool,
    /// OAuth grant, for a partner's app.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(extend("enum" = ["authorization_code"])))]
    grant: Option<&'static str>,
    /// URL to which Greenhouse redirects the user after consent, for a partner's app.
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_uri: Option<&'a str>,
}

impl HarvestCredential {
    /// Returns the credential for a settings page: `{"client_id": "...", "client_secret_set":
    /// true}`, with `grant` and `redirect_uri` for a partner's app.
    pub fn without_secret(&self) -> impl Serialize + use<'_> {
        let redirect_uri = match &self.grant {
            HarvestGrant::ClientCredentials => None,
            HarvestGrant::AuthorizationCode { redirect_uri } => Some(redirect_uri.as_str()),
        };
        CredentialView {
            client_id: &self.client_id,
            client_secret_set: true,
            grant: redirect_uri.map(|_| "authorization_code"),
            redirect_uri,
        }
    }
}

/// In a response, the credential is without its secret.
#[cfg(feature = "openapi")]
mod schema {
    use std::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    use super::{super::form::Members, CredentialView, HarvestCredential};

    impl JsonSchema for HarvestCredential {
        fn schema_name() -> Cow<'static, str> {
            "HarvestCredential".into()
        }

        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            if generator.contract().is_serialize() {
                return CredentialView::json_schema(generator);
            }
            let mut schema = Members::json_schema(generator);
            let ignored = json_schema!({ "type": "boolean", "description": "Ignored." });
            if let Some(members) = schema.get_mut("properties") {
                members["client_secret_set"] = ignored.to_value();
            }
            schema
        }
    }
}
