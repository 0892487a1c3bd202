use std::fmt;

/// Reason why Greenhouse refused access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuthProblem {
    /// The token host does not know the client id, or the secret is wrong (401 `invalid_client`,
    /// observed live).
    Credential,
    /// The client id lacks its suffix `-<n>` (400, observed live).
    ClientId,
    /// The token host received no credential (401 with an `errorId`, observed live). The client
    /// always sends a credential.
    NoCredential,
    /// The token host received no grant type or an unknown grant type (400, observed live). The
    /// client always sends a known grant type.
    GrantType,
    /// The credential's settings do not allow the requested grant (400 `unauthorized_client`,
    /// inferred).
    WrongGrant,
    /// The credential has no scopes (400 `invalid_scope`, inferred). It is possible that Greenhouse
    /// issues a token without permissions instead.
    NoScopes,
    /// The token host does not issue tokens for the acting user (400, 404 or 422 for a request with
    /// an acting user, inferred).
    ActingUser,
    /// The token host rejected the code from a consent (400 or 401; the body is not known).
    CodeRefused,
    /// The account has not been connected to the partner's app. Nothing was sent.
    NotConnected,
    /// The connection to the partner's app has ended, because the token host rejected its refresh
    /// token (400 or 401; the body is not known). A new consent is required.
    Reconnect,
    /// The token host refused the request for another reason.
    TokenRefused {
        /// Status of the response.
        status: u16,
    },
    /// Harvest rejected a token that the token host had just issued.
    TokenRejected,
    /// The token lacks this scope. Harvest returned 403, and introspection (documented) does not
    /// list the scope.
    MissingScope {
        /// Required scope.
        scope: &'static str,
    },
    /// The acting user is not a Site Admin, although lists require one (documented). Harvest
    /// returned 403 for a list whose scope is granted.
    NotSiteAdmin,
    /// A scope is missing, or the acting user lacks permission. Harvest returned a 403 that
    /// introspection does not explain. The body of a 403 is not documented.
    Forbidden {
        /// Required scope.
        scope: &'static str,
    },
}

impl AuthProblem {
    /// Returns the remedy, as one or more sentences.
    pub fn remedy(&self) -> String {
        let text = match self {
            Self::Credential => {
                "Check the client id and the secret under Configure > Dev Center > API Credential Management. A \
                 rotated secret stops working after a week."
            }
            Self::ClientId => {
                "Copy the complete client id, including its suffix, from API Credential Management."
            }
            Self::NoCredential => {
                "Check the proxies between this host and auth.greenhouse.io. The Authorization \
                 header did not arrive."
            }
            Self::GrantType => {
                "Check the proxies between this host and auth.greenhouse.io. The form in the \
                 request did not arrive as it was sent."
            }
            Self::WrongGrant => {
                "In the credential's settings, set the grant to client_credentials for a \
                 customer's own integration, or to authorization_code for a partner's app."
            }
            Self::NoScopes => {
                "Grant the credential the scopes listed in the set-up steps (API Credential \
                 Management > Manage Scopes)."
            }
            Self::ActingUser => {
                "Check that the acting user is an active user in the organization that owns the \
                 credential."
            }
            Self::CodeRefused => {
                "Connect the account again from the start. A code is valid once, for one minute, \
                 and only with the redirect_uri that is registered for the app."
            }
            Self::NotConnected => {
                "Connect the account. A person at the customer must consent in Greenhouse."
            }
            Self::Reconnect => {
                "Connect the account again. A person at the customer must renew the consent in \
                 Greenhouse."
            }
            Self::TokenRefused { .. } => {
                "Check the credential under API Credential Management. Check that the acting user \
                 is an active user in the organization."
            }
            Self::TokenRejected => {
                "Check that the credential has the type \"Harvest V3 (OAuth)\" and has not been revoked."
            }
            Self::NotSiteAdmin => {
                "Make the acting user a Site Admin in Greenhouse (Configure > Users), or choose a Site Admin as the \
                 acting user in the settings."
            }
            Self::MissingScope { scope } => {
                return format!(
                    "Grant the scope {scope} to the credential (API Credential Management > Manage Scopes). A \
                     partner's app then needs a new consent."
                );
            }
            Self::Forbidden { scope } => {
                return format!(
                    "Grant the scope {scope} to the credential (API Credential Management > Manage \
                     Scopes), and check the acting user. Lists require a Site Admin, and writes \
                     require permission on the job."
                );
            }
        };
        text.to_owned()
    }
}

impl fmt::Display for AuthProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Credential => "unknown client id or wrong secret",
            Self::ClientId => "incomplete client id",
            Self::NoCredential => "the token host received no credential",
            Self::GrantType => "the token host rejected the grant type",
            Self::WrongGrant => "the credential does not allow this grant",
            Self::NoScopes => "the credential has no scopes",
            Self::ActingUser => "the token host does not issue tokens for the acting user",
            Self::CodeRefused => "the code from the consent was rejected",
            Self::NotConnected => "the account is not connected",
            Self::Reconnect => "the connection has ended and must be renewed",
            Self::TokenRefused { status } => {
                return write!(f, "the token host refused the request with status {status}");
            }
            Self::TokenRejected => "the token was rejected",
            Self::NotSiteAdmin => "the acting user is not a Site Admin",
            Self::MissingScope { scope } => return write!(f, "missing scope {scope}"),
            Self::Forbidden { scope } => {
                return write!(
                    f,
                    "missing scope {scope}, or the acting user lacks permission"
                );
            }
        };
        f.write_str(text)
    }
}
