use std::fmt;

use crate::clock::MockClock;
use crate::switches::Switches;

pub(crate) use self::scopes::SCOPES;

mod scopes;

/// What a mock is started with. `Config::default()` works as it is; the `with_` methods change one thing each.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Config {
    /// The port on 127.0.0.1; 0 takes any free one. Default 0.
    pub port: u16,
    /// The customer organisation that this Greenhouse belongs to.
    pub organization: Organization,
    /// Harvest calls allowed per 30-second window. Default 150 (observed live in a sandbox).
    pub rate_limit: u32,
    /// The Harvest credential that the token endpoint knows.
    pub credential: Credential,
    /// The Harvest credential of a partner, which gets its tokens by consent.
    pub partner_credential: PartnerCredential,
    /// What a partner must show to report a completed test.
    pub completion_credential: CompletionCredential,
    /// The assessment partner, if it is known at the start; [`MockGreenhouse::set_partner`](crate::MockGreenhouse::set_partner) sets it later.
    pub partner: Option<Partner>,
    /// The clock everything runs on. Default: the real one.
    pub clock: MockClock,
    /// How it behaves where the truth is unknown; [`MockGreenhouse::switch`](crate::MockGreenhouse::switch) changes it later.
    pub switches: Switches,
}

impl Config {
    /// Listens on this port; 0 takes any free one.
    #[must_use]
    pub fn with_port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Belongs to this organisation.
    #[must_use]
    pub fn with_organization(mut self, organization: Organization) -> Self {
        self.organization = organization;
        self
    }

    /// Allows this many Harvest calls per 30-second window.
    #[must_use]
    pub fn with_rate_limit(mut self, limit: u32) -> Self {
        self.rate_limit = limit;
        self
    }

    /// Knows this Harvest credential.
    #[must_use]
    pub fn with_credential(mut self, credential: Credential) -> Self {
        self.credential = credential;
        self
    }

    /// Grants exactly these scopes, for example `harvest:candidates:list`.
    #[must_use]
    pub fn with_scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.credential.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Knows this Harvest credential of a partner.
    #[must_use]
    pub fn with_partner_credential(mut self, credential: PartnerCredential) -> Self {
        self.partner_credential = credential;
        self
    }

    /// Takes completion calls with this credential.
    #[must_use]
    pub fn with_completion_credential(mut self, credential: CompletionCredential) -> Self {
        self.completion_credential = credential;
        self
    }

    /// Works with this assessment partner.
    #[must_use]
    pub fn with_partner(mut self, partner: Partner) -> Self {
        self.partner = Some(partner);
        self
    }

    /// Runs on this clock.
    #[must_use]
    pub fn with_clock(mut self, clock: MockClock) -> Self {
        self.clock = clock;
        self
    }

    /// Behaves like this where the truth is unknown.
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

/// The customer organisation, as webhooks and introspection name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// The id; real ones are beyond 32 bits (observed live).
    pub id: i64,
    /// The display name.
    pub name: String,
}

/// A Harvest v3 credential of the client-credentials kind. `Debug` does not show the secret.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Credential {
    /// The client id; must end in `-<digits>` or the token endpoint refuses it (observed live).
    pub client_id: String,
    /// The client secret.
    pub client_secret: String,
    /// The granted scopes, for example `harvest:candidates:list`.
    pub scopes: Vec<String>,
    /// Whether the credential's own service user, which acts where a token names no `sub`, is a Site Admin. Default true (inferred).
    pub service_user_is_site_admin: bool,
}

impl Credential {
    /// A credential with every scope that the mock knows.
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

/// A Harvest v3 credential of the authorization-code kind, as partners have it. `Debug` does not show the secret.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartnerCredential {
    /// The client id; must end in `-<digits>`.
    pub client_id: String,
    /// The client secret.
    pub client_secret: String,
    /// Where the browser goes after the consent; must be named exactly (documented).
    pub redirect_uri: String,
    /// What may be asked for.
    pub scopes: Vec<String>,
}

impl PartnerCredential {
    /// A credential that may ask for every scope that the mock knows.
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

/// What Greenhouse hands to a partner for the completion call: another credential than the partner's key (reported by a vendor).
/// An empty password makes it the key form. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct CompletionCredential {
    /// The Basic user name.
    pub username: String,
    /// The Basic password; may be empty.
    pub password: String,
}

impl fmt::Debug for CompletionCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CompletionCredential(..)")
    }
}

/// An assessment partner as a customer enters it in Greenhouse: four addresses of the partner's own choice and a key.
/// `Debug` does not show the key.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Partner {
    /// Answers `GET` with the list of tests.
    pub list_tests_url: String,
    /// Takes `POST` with one candidate.
    pub send_test_url: String,
    /// Answers `GET ?partner_interview_id=`.
    pub test_status_url: String,
    /// Takes `POST` when an answer of the partner was malformed.
    pub response_error_url: String,
    /// The partner key: the Basic user name of every call, with an empty password (documented).
    pub api_key: String,
    /// The e-mail address sent as `sent_by`.
    pub sent_by: String,
}

impl Partner {
    /// A partner at four absolute URLs.
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
