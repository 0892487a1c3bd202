use std::fmt;

/// What is missing where Greenhouse refuses access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuthProblem {
    /// The token host does not know the client id, or the secret is wrong (401 `invalid_client`, observed live).
    Credential,
    /// The client id lacks its ending `-<n>` (400, observed live).
    ClientId,
    /// The token host saw no credential (401 with an `errorId`, observed live). It is always sent.
    NoCredential,
    /// The token host saw no grant type, or does not know ours (400, observed live). A known one is always sent.
    GrantType,
    /// The credential gets its tokens in the other way (400 `unauthorized_client`, inferred).
    WrongGrant,
    /// No token is given in the name of the acting user (400, 404 or 422 of a call that names one, inferred).
    ActingUser,
    /// The code of a consent was not taken (400 or 401; the body is not known).
    CodeRefused,
    /// Nobody has connected the account to the partner's app yet. Nothing was sent.
    NotConnected,
    /// The connection to the partner's app has ended: its refresh token was not taken (400 or 401; the body is not known).
    /// Nothing but a new consent helps.
    Reconnect,
    /// The token host refused for another reason.
    TokenRefused {
        /// Its status.
        status: u16,
    },
    /// Harvest did not take a token that the token host had just given.
    TokenNotTaken,
    /// The token lacks this scope: a 403, and introspection (documented) does not list it.
    MissingScope {
        /// The scope that the call needs.
        scope: &'static str,
    },
    /// The acting user is no Site Admin, and lists need one (documented): a 403 of a list whose scope is granted.
    NotSiteAdmin,
    /// A scope is missing, or the acting user may not do this: a 403 that introspection does not explain. Its body is not
    /// documented.
    Forbidden {
        /// The scope that the call needs.
        scope: &'static str,
    },
}

impl AuthProblem {
    /// What to do about it, as a sentence.
    pub fn remedy(&self) -> String {
        let text = match self {
            Self::Credential => {
                "Check client id and secret under Configure > Dev Center > API Credential Management; a rotated secret stops \
                 working after a week."
            }
            Self::ClientId => {
                "Copy the whole client id, with its ending, from API Credential Management."
            }
            Self::NoCredential => {
                "Check whatever stands between this host and auth.greenhouse.io: the header with the credential did not \
                 arrive."
            }
            Self::GrantType => {
                "Check whatever stands between this host and auth.greenhouse.io: the form of the request did not arrive as \
                 it was sent."
            }
            Self::WrongGrant => {
                "Set the grant in the settings of the credential: client_credentials for a customer's own integration, \
                 authorization_code for the app of a partner."
            }
            Self::ActingUser => {
                "Check that the acting user is an active user of the organisation that the credential belongs to."
            }
            Self::CodeRefused => {
                "Begin to connect the account again: a code is good once, for one minute, with the redirect_uri that the \
                 app is registered with."
            }
            Self::NotConnected => {
                "Connect the account: a person at the customer has to consent in Greenhouse."
            }
            Self::Reconnect => {
                "Connect the account again: a person at the customer has to consent in Greenhouse once more."
            }
            Self::TokenRefused { .. } => {
                "Check the credential under API Credential Management, and that the acting user is an active user of the \
                 organisation."
            }
            Self::TokenNotTaken => {
                "Check that the credential is of the type \"Harvest V3 (OAuth)\" and has not been revoked."
            }
            Self::NotSiteAdmin => {
                "In Greenhouse, make the acting user a Site Admin (Configure > Users), or name one who is in the settings."
            }
            Self::MissingScope { scope } => {
                return format!(
                    "Grant the scope {scope} to the credential (API Credential Management > Manage Scopes); the app of a \
                     partner then needs a new consent."
                );
            }
            Self::Forbidden { scope } => {
                return format!(
                    "Grant the scope {scope} to the credential (Manage Scopes), and check the acting user: lists need a \
                     Site Admin, writes somebody who may do it on that job."
                );
            }
        };
        text.to_owned()
    }
}

impl fmt::Display for AuthProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Credential => "the client id or its secret is not known",
            Self::ClientId => "the client id is not complete",
            Self::NoCredential => "the token host saw no credential",
            Self::GrantType => "the token host did not take the grant type",
            Self::WrongGrant => "the credential may not get its tokens in this way",
            Self::ActingUser => "no token is given in the name of the acting user",
            Self::CodeRefused => "the code of the consent was not taken",
            Self::NotConnected => "the account is not connected yet",
            Self::Reconnect => {
                "the connection has ended, and the account has to be connected again"
            }
            Self::TokenRefused { status } => {
                return write!(f, "no token was given, status {status}");
            }
            Self::TokenNotTaken => "the token was not taken",
            Self::NotSiteAdmin => "the acting user is no site admin",
            Self::MissingScope { scope } => return write!(f, "the scope {scope} is missing"),
            Self::Forbidden { scope } => {
                return write!(
                    f,
                    "the scope {scope} or the acting user's permission is missing"
                );
            }
        };
        f.write_str(text)
    }
}
