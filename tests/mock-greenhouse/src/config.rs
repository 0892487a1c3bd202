use std::fmt;

use crate::clock::MockClock;
use crate::switches::Switches;

pub(crate) use self::scopes::SCOPES;

mod scopes;

/// Configuration of a mock. `Config::default()` needs no changes; each `with_` method changes one
/// setting.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Config {
    /// Port on 127.0.0.1; 0 picks a free one. Default 0.
    pub port: u16,
    /// The customer organisation of this Greenhouse.
    pub organization: Organization,
    /// Harvest calls allowed per 30-second window. Default 150 (observed live in a sandbox).
    pub rate_limit: u32,
    /// Calls of the token host allowed per minute. Default 60 (observed live in a sandbox).
    pub token_rate_limit: u32,
    /// The Harvest credential that the token endpoint accepts.
    pub credential: Credential,
    /// A partner's Harvest credential, whose tokens require a user's consent.
    pub partner_credential: PartnerCredential,
    /// The credential that a partner needs to report a completed test.
    pub completion_credential: CompletionCredential,
    /// The assessment partner, if known at the start.
    /// [`MockGreenhouse::set_partner`](crate::MockGreenhouse::set_partner) sets it later.
    pub partner: Option<Partner>,
    /// The mock's clock. Default: the real time.
    pub clock: MockClock,
    /// Switches for behaviour that is unknown in the real Greenhouse.
    /// [`MockGreenhouse::switch`](crate::MockGreenhouse::switch) changes them later.
    pub switches: Switches,
}

impl Config {
    /// Sets the port; 0 picks a free one.
    #[must_use]
    pub fn with_port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Sets the organisation.
    #[must_use]
    pub fn with_organization(mut self, organization: Organization) -> Self {
        self.organization = organization;
        self
    }

    /// Sets the number of Harvest calls per 30-second window.
    #[must_use]
    pub fn with_rate_limit(mut self, limit: u32) -> Self {
        self.rate_limit = limit;
        self
    }

    /// Sets the number of calls of the token host per minute.
    #[must_use]
    pub fn with_token_rate_limit(mut self, limit: u32) -> Self {
        self.token_rate_limit = limit;
        self
    }

    /// Sets the Harvest credential.
    #[must_use]
    pub fn with_credential(mut self, credential: Credential) -> Self {
        self.credential = credential;
        self
    }

    /// Grants the credential exactly these scopes, for example `harvest:candidates:list`.
    #[must_use]
    pub fn with_scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.credential.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Sets a partner's Harvest credential.
    #[must_use]
    pub fn with_partner_credential(mut self, credential: PartnerCredential) -> Self {
        self.partner_credential = credential;
        self
    }

    /// Sets the credential for completion calls.
    #[must_use]
    pub fn with_completion_credential(mut self, credential: CompletionCredential) -> Self {
        self.completion_credential = credential;
        self
    }

    /// Sets the assessment partner.
    #[must_use]
    pub fn with_partner(mut self, partner: Partner) -> Self {
        self.partner = Some(partner);
        self
    }

    /// Sets the clock.
    #[must_use]
    pub fn with_clock(mut self, clock: MockClock) -> Self {
        self.clock = clock;
        self
    }

    /// Sets the switches for behaviour that is unknown in the real Greenhouse.
    #[must_use]
    pub fn with_switches(mut self, switches: Switches) -> Self {
        self.switches = switches;
        self
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            port: 0,
            organization: Organization {
                id: 4_000_177_002,
                name: "Mock Organization".to_owned(),
            },
            rate_limit: 150,
            token_rate_limit: 60,
            credential: Credential {
                client_id: "mockclient-4000001002".to_owned(),
                client_secret: "mock-client-secret".to_owned(),
                scopes: every_scope(),
                service_user_is_site_admin: true,
            },
            partner_credential: PartnerCredential {
                client_id: "mockpartner-4000002002".to_owned(),
                client_secret: "mock-partner-secret".to_owned(),
                redirect_uri: "https://partner.example/callback".to_owned(),
                scopes: every_scope(),
            },
            completion_credential: CompletionCredential {
                username: "mock-completion-user".to_owned(),
                password: "mock-completion-password".to_owned(),
            },
            partner: None,
            clock: MockClock::real(),
            switches: Switches::default(),
        }
    }
}

/// The customer organisation, as it appears in webhooks and introspection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// Id of the organisation. Real ids exceed 32 bits (observed live).
    pub id: i64,
    /// The display name.
    pub name: String,
}

/// A Harvest v3 credential for the client-credentials grant. `Debug` does not show the secret.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Credential {
    /// The client id. The token endpoint rejects an id that does not end in `-<digits>` (observed
    /// live).
    pub client_id: String,
    /// The client secret.
    pub client_secret: String,
    /// The granted scopes, for example `harvest:candidates:list`.
    pub scopes: Vec<String>,
    /// If `true`, the credential's service user is a Site Admin. The service user acts if a token
    /// request contains no `sub`. Default: `true` (inferred).
    pub service_user_is_site_admin: bool,
}

impl Credential {
    /// Creates a credential with every scope that the mock supports.
    #[must_use]
    pub fn new(client_id: impl Into<String>, client_secret: impl Into<String>) -> Self {
        Self {
            client_id: client_id.into(),
            client_secret: client_secret.into(),
            ..Config::default().credential
        }
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("client_id", &self.client_id)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

/// A partner's Harvest v3 credential for the authorization-code grant. `Debug` does not show the
/// secret.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartnerCredential {
    /// The client id, which must end in `-<digits>`.
    pub client_id: String,
    /// The client secret.
    pub client_secret: String,
    /// Redirect target after the consent. The request must contain exactly this URI (documented).
    pub redirect_uri: String,
    /// Scopes that the partner may request.
    pub scopes: Vec<String>,
}

impl PartnerCredential {
    /// Creates a credential that may request every scope that the mock supports.
    #[must_use]
    pub fn new(
        client_id: impl Into<String>,
        client_secret: impl Into<String>,
        redirect_uri: impl Into<String>,
    ) -> Self {
        Self {
            client_id: client_id.into(),
            client_secret: client_secret.into(),
            redirect_uri: redirect_uri.into(),
            scopes: every_scope(),
        }
    }
}

impl fmt::Debug for PartnerCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PartnerCredential")
            .field("client_id", &self.client_id)
            .field("redirect_uri", &self.redirect_uri)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

/// Credential that Greenhouse gives to a partner for the completion call. It differs from the
/// partner key (reported by a vendor). With an empty password, the credential has the form of a
/// key. `Debug` shows neither the username nor the password.
#[derive(Clone, PartialEq, Eq)]
pub struct CompletionCredential {
    /// The Basic username.
    pub username: String,
    /// The Basic password, which can be empty.
    pub password: String,
}

impl fmt::Debug for CompletionCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CompletionCredential(..)")
    }
}

/// Settings of an assessment partner in Greenhouse: a key, and four URLs that the partner chooses.
/// `Debug` does not show the key.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Partner {
    /// Endpoint that returns the list of tests for a `GET` request.
    pub list_tests_url: String,
    /// Endpoint that accepts a test for one candidate in a `POST` request.
    pub send_test_url: String,
    /// Endpoint that returns the status of a test for `GET ?partner_interview_id=`.
    pub test_status_url: String,
    /// Endpoint to which Greenhouse reports a malformed response in a `POST` request.
    pub response_error_url: String,
    /// The partner key. Every call sends it as the Basic username, with an empty password
    /// (documented).
    pub api_key: String,
    /// The e-mail address sent as `sent_by`.
    pub sent_by: String,
}

impl Partner {
    /// Creates a partner with four absolute URLs.
    #[must_use]
    pub fn new(
        list_tests_url: impl Into<String>,
        send_test_url: impl Into<String>,
        test_status_url: impl Into<String>,
        response_error_url: impl Into<String>,
        api_key: impl Into<String>,
    ) -> Self {
        Self {
            list_tests_url: list_tests_url.into(),
            send_test_url: send_test_url.into(),
            test_status_url: test_status_url.into(),
            response_error_url: response_error_url.into(),
            api_key: api_key.into(),
            sent_by: "recruiter@greenhouse.example".to_owned(),
        }
    }
}

impl fmt::Debug for Partner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Partner")
            .field("list_tests_url", &self.list_tests_url)
            .field("send_test_url", &self.send_test_url)
            .field("test_status_url", &self.test_status_url)
            .field("response_error_url", &self.response_error_url)
            .finish_non_exhaustive()
    }
}

fn every_scope() -> Vec<String> {
    SCOPES.iter().map(|scope| (*scope).to_owned()).collect()
}
