mod account;

use std::{
    error::Error,
    fmt,
    io::{self, Write},
    sync::Arc,
};

use greenhouse_core::{Environment, Secret};
use mock_greenhouse::{CompletionCredential, Credential, MockGreenhouse, Partner, TakeHomeTest};
use sqlx_store::{MasterKey, MasterKeys};
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};
use url::Url;

use self::account::DemoAccount;
use super::client::OperatorClient;
use crate::{
    Config, Host, HostEnvironment, MetricsConfig, WebConfig,
    accounts::AccountConfig,
    databases,
    framework::{self, Framework},
    keys::{KeyPurpose, NewKey, NoRandomness},
    serve::until,
};

/// Running demo: a mock Greenhouse and a host on loopback, with one account.
pub struct Demo {
    /// Mock Greenhouse.
    pub greenhouse: MockGreenhouse,
    /// Configuration of the host.
    pub config: Config,
    /// Key that encrypts the secrets in the host's database.
    pub master_key: MasterKey,
    /// URL of the host, with a trailing slash.
    pub host_url: String,
    /// Client with the account's operator token.
    pub client: OperatorClient,
    /// API key that Greenhouse sends to the assessment endpoints.
    pub partner_key: Secret,
    /// URL and secret of the account's webhooks.
    pub hook: (String, Secret),
    /// Id of the application of the candidate who applied in Greenhouse.
    pub applicant: i64,
    /// Id of the stage at which pushed candidates are added.
    pub mapped_stage: i64,
    /// Id of the stage after `mapped_stage`.
    pub next_stage: i64,
    /// Directions for which the account has settings.
    pub directions: Directions,
    stop: watch::Sender<bool>,
    running: Vec<JoinHandle<Result<(), io::Error>>>,
    end: watch::Sender<bool>,
    background: JoinHandle<()>,
    folder: TempDir,
}

/// Directions of the integration for which an account has settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Directions {
    /// `true` if Greenhouse sends candidates for assessments.
    pub assessments: bool,
    /// `true` if the product pushes candidates.
    pub push: bool,
    /// `true` if Greenhouse sends webhooks.
    pub sync: bool,
}

impl Directions {
    fn of(account: &AccountConfig) -> Self {
        Self {
            assessments: account.assessments.is_some(),
            push: account.push.is_some(),
            sync: account.sync.is_some(),
        }
    }
}

/// Number of records of each kind in Greenhouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    candidates: usize,
    applications: usize,
    attachments: usize,
    notes: usize,
}

impl Counts {
    /// Returns the counts after one more push, which creates one record of each kind.
    #[must_use]
    pub fn plus_one(self) -> Self {
        Self {
            candidates: self.candidates + 1,
            applications: self.applications + 1,
            attachments: self.attachments + 1,
            notes: self.notes + 1,
        }
    }
}

/// Builder for a [`Demo`].
pub struct DemoBuilder {
    framework: &'static dyn Framework,
    database: Option<Secret>,
    web: WebConfig,
    metrics: MetricsConfig,
    change: Box<dyn FnOnce(&mut AccountConfig) + Send>,
}

impl DemoBuilder {
    /// Creates a builder for a host on this framework, with every direction on.
    pub fn new(framework: &'static dyn Framework) -> Self {
        Self {
            framework,
            database: None,
            web: WebConfig::default(),
            metrics: MetricsConfig::default(),
            change: Box::new(|_| {}),
        }
    }

    /// Changes the account before the demo starts, for example its trigger. Repeated calls add up.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut AccountConfig) + Send + 'static) -> Self {
        let before = self.change;
        self.change = Box::new(|account| {
            before(account);
            change(account);
        });
        self
    }

    /// Sets the URL of an empty database, which is not deleted at the end. Default: a SQLite file
    /// in a temporary folder.
    #[must_use]
    pub fn database(mut self, database: impl Into<Secret>) -> Self {
        self.database = Some(database.into());
        self
    }

    /// Sets the limits on incoming connections and requests.
    #[must_use]
    pub fn web(mut self, web: WebConfig) -> Self {
        self.web = web;
        self
    }

    /// Enables `GET /metrics` for requests with this bearer token.
    #[must_use]
    pub fn metrics_token(mut self, token: impl Into<Secret>) -> Self {
        self.metrics.token = Some(token.into());
        self
    }

    /// Starts the mock Greenhouse and the host.
    ///
    /// # Errors
    ///
    /// Returns an error if one of them does not start.
    pub async fn start(self) -> Result<Demo, BoxError> {
        let greenhouse = MockGreenhouse::start(greenhouse_config()?).await?;
        let job = greenhouse.seed_job(
            "Account Executive",
            &[
                "Application Review",
                "Take Home Test",
                "Face to face",
                "Offer",
            ],
        );
        let stage = |name: &str| {
            job.stage(name)
                .ok_or_else(|| format!("the mock has no stage {name}"))
        };
        let (mapped_stage, next_stage) = (stage("Take Home Test")?, stage("Face to face")?);
        let mira = greenhouse.seed_candidate("Mira", "Okafor", "mira@example.org");
        let applicant = greenhouse.seed_application(mira, job.job_id)?;

        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let host_url = format!("http://{}/", listener.local_addr()?);
        let folder = tempfile::tempdir()?;
        let DemoAccount {
            config: mut account,
            partner_key,
            operator_token,
            hook_key,
            hook_secret,
        } = DemoAccount::new(&greenhouse, job.job_id, mapped_stage)?;
        (self.change)(&mut account);
        let directions = Directions::of(&account);

        let file = |name: &str| folder.path().join(name).display().to_string();
        let master_key = MasterKey::generate()?;
        let master_keys = MasterKeys::new(master_key.clone(), []);
        let mut config = Config::new(Url::parse(&host_url)?, master_keys);
        let database = self.database;
        config.database = database.unwrap_or_else(|| Secret::new(file("greenhouse.sqlite")));
        config.product_database = file("product.sqlite");
        config.web = self.web;
        config.metrics = self.metrics;
        databases::set_up(&config, &[account], None).await?;
        config.environment = Environment::sandbox(greenhouse.url())?;
        let environment = HostEnvironment::from_config(&config)?;
        let host = Arc::new(Host::open(config.clone(), environment).await?);

        let (stop, stopped) = watch::channel(false);
        let (end, ended) = watch::channel(false);
        let background = tokio::spawn(host.greenhouse().clone().run(until(ended)));
        let framework = self.framework;
        let running = tokio::spawn(async move {
            framework::serve(framework, listener, host, until(stopped)).await
        });

        let partner = |name: &str| format!("{host_url}api/greenhouse/{name}");
        greenhouse.set_partner(Partner::new(
            partner("list-tests"),
            partner("send-test"),
            partner("test-status"),
            partner("response-error"),
            partner_key.expose(),
        ));
        let hooks = config.webhook_address(&hook_key);
        let actions = [
            "reject_candidate",
            "hire_candidate",
            "candidate_stage_change",
            "application_updated",
        ];
        for action in actions.into_iter().filter(|_| directions.sync) {
            let hook = greenhouse
                .add_hook(action, &hooks, hook_secret.expose())
                .await?;
            if !hook.active {
                return Err(format!(
                    "the host did not answer the ping of the webhook {action} with 200"
                )
                .into());
            }
        }
        let client = OperatorClient::new(&host_url, operator_token)?;
        Ok(Demo {
            greenhouse,
            config,
            master_key,
            host_url,
            client,
            partner_key,
            hook: (hooks, hook_secret),
            applicant,
            mapped_stage,
            next_stage,
            directions,
            stop,
            running: vec![running],
            end,
            background,
            folder,
        })
    }
}

impl fmt::Debug for DemoBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DemoBuilder")
            .field("framework", &self.framework)
            .finish_non_exhaustive()
    }
}

impl Demo {
    /// Counts the records in Greenhouse.
    pub fn counts(&self) -> Counts {
        Counts {
            candidates: self.greenhouse.candidates().len(),
            applications: self.greenhouse.applications().len(),
            attachments: self.greenhouse.attachments().len(),
            notes: self.greenhouse.notes().len(),
        }
    }

    /// Returns the test that Greenhouse sent with this `partner_interview_id`.
    pub fn take_home(&self, interview: &str) -> Option<TakeHomeTest> {
        let mut tests = self.greenhouse.take_home_tests().into_iter();
        tests.find(|test| test.partner_interview_id.as_deref() == Some(interview))
    }

    /// Returns the text of the first note on an application. `None` if it has no notes.
    pub fn note_of(&self, application: i64) -> Option<String> {
        let mut notes = self.greenhouse.notes().into_iter();
        notes
            .find(|note| note.application_id == Some(application))
            .map(|note| note.body)
    }

    /// Prints addresses and the operator token for manual requests. The token is valid only for
    /// this demo.
    pub(super) fn print_addresses(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "\nThe servers keep running until Ctrl-C.")?;
        writeln!(out, "  console         {}console", self.host_url)?;
        writeln!(
            out,
            "                  sign in with the operator token below"
        )?;
        writeln!(out, "  host            {}", self.host_url)?;
        writeln!(
            out,
            "  mock Greenhouse {}/_mock/state",
            self.greenhouse.url().trim_end_matches('/')
        )?;
        writeln!(out, "  operator token  {}", self.client.token().expose())?;
        writeln!(out, "  databases       {}", self.folder.path().display())?;
        writeln!(
            out,
            "  example         curl -H 'Authorization: Bearer {}' {}api/integrations/greenhouse/health",
            self.client.token().expose(),
            self.host_url
        )
    }

    /// Stops the host and the mock Greenhouse, and deletes the databases.
    ///
    /// # Errors
    ///
    /// Returns the first error from a server or the background tasks.
    pub async fn stop(self) -> Result<(), BoxError> {
        // Sending fails if the host has already ended.
        let _ = self.stop.send(true);
        for task in self.running {
            task.await??;
        }
        // The background tasks close the store, so they end after the last request.
        self.end.send_replace(true);
        self.background.await?;
        drop(self.client);
        self.greenhouse.stop().await;
        Ok(self.folder.close()?)
    }
}

impl fmt::Debug for Demo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Demo")
            .field("host_url", &self.host_url)
            .finish_non_exhaustive()
    }
}

/// Configures the mock with new secrets, so that tests can search the output for them.
fn greenhouse_config() -> Result<mock_greenhouse::Config, NoRandomness> {
    let secret = || NewKey::new(KeyPurpose::Hook).map(|new| new.key.expose().to_owned());
    let config = mock_greenhouse::Config::default();
    let client_id = config.credential.client_id.clone();
    Ok(config
        .with_credential(Credential::new(client_id, secret()?))
        .with_completion_credential(CompletionCredential {
            username: secret()?,
            password: secret()?,
        }))
}

type BoxError = Box<dyn Error + Send + Sync>;

/// Id of the demo's account.
const ACCOUNT: &str = "demo";
