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
use super::recruiter::Recruiter;
use crate::{
    Config, Host, MetricsConfig, Outside, WebConfig,
    accounts::AccountConfig,
    databases,
    framework::{self, Framework},
    keys::{KeyPurpose, NewKey, NoRandomness},
    serve::until,
};

/// Both sides on loopback, each on a port of its own, with one account.
pub struct Stage {
    /// The mock Greenhouse.
    pub greenhouse: MockGreenhouse,
    /// What the host is configured with.
    pub config: Config,
    /// The key that seals the secrets in the host's database.
    pub master_key: MasterKey,
    /// Where the host is, with a slash at the end.
    pub host_url: String,
    /// Somebody with the account's operator token.
    pub recruiter: Recruiter,
    /// What Greenhouse comes to the assessment endpoints with.
    pub partner_key: Secret,
    /// Where the account's webhooks go, and what they are signed with.
    pub hook: (String, Secret),
    /// The application of the candidate who applied in Greenhouse.
    pub applicant: i64,
    /// The stage that pushed candidates begin at.
    pub mapped_stage: i64,
    /// The stage behind it.
    pub next_stage: i64,
    /// What is switched on.
    pub directions: Directions,
    stop: watch::Sender<bool>,
    running: Vec<JoinHandle<Result<(), io::Error>>>,
    end: watch::Sender<bool>,
    background: JoinHandle<()>,
    folder: TempDir,
}

/// The directions of the integration, each of which can be switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Directions {
    /// Greenhouse sends candidates.
    pub assessments: bool,
    /// Candidates go into Greenhouse.
    pub push: bool,
    /// Webhooks come back.
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

/// How much there is in Greenhouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    candidates: usize,
    applications: usize,
    attachments: usize,
    notes: usize,
}

impl Counts {
    /// One more of everything that a push brings.
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

/// How a stage is to be set.
pub struct Setting {
    framework: &'static dyn Framework,
    database: Option<Secret>,
    web: WebConfig,
    metrics: MetricsConfig,
    change: Box<dyn FnOnce(&mut AccountConfig) + Send>,
}

impl Setting {
    /// The host on this framework, with every direction of the account switched on.
    pub fn on(framework: &'static dyn Framework) -> Self {
        Self {
            framework,
            database: None,
            web: WebConfig::default(),
            metrics: MetricsConfig::default(),
            change: Box::new(|_| {}),
        }
    }

    /// With the account changed first: a direction switched off, another trigger.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut AccountConfig) + Send + 'static) -> Self {
        let before = self.change;
        self.change = Box::new(|account| {
            before(account);
            change(account);
        });
        self
    }

    /// On this database, which is empty: a URL. It stays when the stage is struck.
    #[must_use]
    pub fn database(mut self, database: impl Into<Secret>) -> Self {
        self.database = Some(database.into());
        self
    }

    /// With these times for requests.
    #[must_use]
    pub fn web(mut self, web: WebConfig) -> Self {
        self.web = web;
        self
    }

    /// With the metrics open to whoever has this token.
    #[must_use]
    pub fn metrics_token(mut self, token: impl Into<Secret>) -> Self {
        self.metrics.token = Some(token.into());
        self
    }

    /// Starts both sides.
    ///
    /// # Errors
    ///
    /// Whatever kept one of them from starting.
    pub async fn set(self) -> Result<Stage, BoxError> {
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
        let outside = Outside::of(&config)?;
        let host = Arc::new(Host::open(config.clone(), outside).await?);

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
                return Err(
                    format!("the hook for {action} did not answer its ping with 200").into(),
                );
            }
        }
        let recruiter = Recruiter::new(&host_url, operator_token)?;
        Ok(Stage {
            greenhouse,
            config,
            master_key,
            host_url,
            recruiter,
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

impl fmt::Debug for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setting")
            .field("framework", &self.framework)
            .finish_non_exhaustive()
    }
}

impl Stage {
    /// How much there is in Greenhouse.
    pub fn counts(&self) -> Counts {
        Counts {
            candidates: self.greenhouse.candidates().len(),
            applications: self.greenhouse.applications().len(),
            attachments: self.greenhouse.attachments().len(),
            notes: self.greenhouse.notes().len(),
        }
    }

    /// The test that Greenhouse sent under this id.
    pub fn take_home(&self, interview: &str) -> Option<TakeHomeTest> {
        let mut tests = self.greenhouse.take_home_tests().into_iter();
        tests.find(|test| test.partner_interview_id.as_deref() == Some(interview))
    }

    /// The text of the note on an application.
    pub fn note_of(&self, application: i64) -> Option<String> {
        let mut notes = self.greenhouse.notes().into_iter();
        notes
            .find(|note| note.application_id == Some(application))
            .map(|note| note.body)
    }

    /// For whoever wants to go on by hand. The token opens nothing but this demo, and dies with it.
    pub(super) fn print_addresses(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "\nBoth are still running; Ctrl-C ends them.")?;
        writeln!(out, "  host            {}", self.host_url)?;
        writeln!(
            out,
            "  mock Greenhouse {}/_mock/state",
            self.greenhouse.url().trim_end_matches('/')
        )?;
        writeln!(out, "  operator token  {}", self.recruiter.token().expose())?;
        writeln!(out, "  databases       {}", self.folder.path().display())?;
        writeln!(
            out,
            "  for example     curl -H 'Authorization: Bearer {}' {}api/integrations/greenhouse/health",
            self.recruiter.token().expose(),
            self.host_url
        )
    }

    /// Ends the background loops, the host and Greenhouse, and removes the databases.
    ///
    /// # Errors
    ///
    /// Whatever went wrong in one of them.
    pub async fn strike(self) -> Result<(), BoxError> {
        // Nobody listens any more where everything has ended by itself, which is as good as stopping.
        let _ = self.stop.send(true);
        for ending in self.running {
            ending.await??;
        }
        // The store is closed with the background tasks, once every request is answered.
        self.end.send_replace(true);
        self.background.await?;
        drop(self.recruiter);
        self.greenhouse.stop().await;
        Ok(self.folder.close()?)
    }
}

impl fmt::Debug for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stage")
            .field("host_url", &self.host_url)
            .finish_non_exhaustive()
    }
}

/// Secrets of this run alone, so that a search for them finds nothing else.
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

/// The name of the demo's account.
const ACCOUNT: &str = "demo";
