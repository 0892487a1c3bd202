use std::{
    collections::BTreeMap,
    error::Error,
    fmt,
    io::{self, Write},
    sync::Arc,
};

use greenhouse_core::{
    AccountId, Clock, HookKey, HttpTransport, JobId, ProductJobId, ScenarioId, Secret, StageId,
    UserId,
    platform::{ProductJob, Scenario},
    report_link::{ReportLinkKey, ReportLinks},
    scorecard::Score,
    settings::{
        AccountSettings, AssessmentSettings, CompletionCredential, HarvestCredential, JobMapping,
        PushSettings, SyncSettings,
    },
    trigger::Trigger,
};
use greenhouse_harvest::{HarvestEndpoints, ReqwestTransport, SystemClock};
use greenhouse_partner::CallbackPolicy;
use mock_greenhouse::{MockGreenhouse, Partner, TakeHomeTest};
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};
use url::Url;

use super::recruiter::Recruiter;
use crate::{
    AccountConfig, Config, Host, Outside, ReportLinkConfig, background,
    keys::{KeyPurpose, NewKey},
    web,
};

/// Both sides on loopback, each on a port of its own, with one account.
pub struct Stage {
    /// The mock Greenhouse.
    pub greenhouse: MockGreenhouse,
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
    stop: watch::Sender<bool>,
    running: Vec<JoinHandle<Result<(), io::Error>>>,
    loops: Vec<JoinHandle<()>>,
    folder: TempDir,
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

impl Stage {
    /// Starts both sides, with every direction of the account switched on.
    ///
    /// # Errors
    ///
    /// Whatever kept one of them from starting.
    pub async fn set() -> Result<Self, Box<dyn Error + Send + Sync>> {
        Self::set_with(|_| {}).await
    }

    /// Starts both sides, with the account's settings changed first: a direction switched off, another trigger.
    ///
    /// # Errors
    ///
    /// Whatever kept one of them from starting.
    pub async fn set_with(
        change: impl FnOnce(&mut AccountSettings),
    ) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let greenhouse = MockGreenhouse::start(mock_greenhouse::Config::default()).await?;
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
        let partner_key = NewKey::new(KeyPurpose::Partner)?;
        let operator_token = NewKey::new(KeyPurpose::Operator)?;
        let hook_key = NewKey::new(KeyPurpose::Hook)?.key;
        let hook_secret = NewKey::new(KeyPurpose::Hook)?.key;

        let credential = greenhouse.credential();
        let credential = HarvestCredential::new(
            &credential.client_id,
            Some(credential.client_secret.as_str().into()),
        )?;
        let mut push = PushSettings::new(credential);
        push.acting_user = Some(UserId::new(greenhouse.site_admin()));
        push.trigger = Trigger::OnScore {
            minimum: Score::new(70.0)?,
            inclusive: true,
        };
        let mapping = JobMapping::new(JobId::new(job.job_id), Some(StageId::new(mapped_stage)));
        push.jobs = BTreeMap::from([(ProductJobId::new("account-executive"), mapping)]);
        let mut assessments = AssessmentSettings::new(partner_key.digest.into_iter().collect());
        let completion = greenhouse.completion_credential();
        assessments.completion = Some(CompletionCredential {
            user: completion.username.as_str().into(),
            password: completion.password.as_str().into(),
        });
        let link_secret = NewKey::new(KeyPurpose::ReportLink)?.key;
        let signing = ReportLinkKey::new("demo", link_secret.clone())?;
        let mut settings = AccountSettings::new(ReportLinks::new(signing, Vec::new()));
        settings.assessments = Some(assessments);
        settings.push = Some(push);
        settings.sync = Some(SyncSettings::new(
            HookKey::new(hook_key.expose()),
            vec![hook_secret.clone()],
        )?);
        change(&mut settings);
        let synced = settings.sync.is_some();

        let config = Config {
            listen: String::new(),
            public_url: Url::parse(&host_url)?,
            database: folder
                .path()
                .join("greenhouse.sqlite")
                .display()
                .to_string(),
            product_database: folder.path().join("product.sqlite").display().to_string(),
            report_links: ReportLinkConfig {
                key_id: "demo".to_owned(),
                secret: link_secret,
                previous: Vec::new(),
            },
            default_account: None,
            accounts: vec![AccountConfig {
                id: AccountId::new("demo"),
                operator_tokens: operator_token.digest.into_iter().collect(),
                scenarios: vec![
                    scenario("discovery-call", "Discovery call"),
                    scenario("objection-handling", "Objection handling"),
                ],
                product_jobs: vec![ProductJob {
                    id: ProductJobId::new("account-executive"),
                    name: "Account Executive".to_owned(),
                }],
                assessments: settings.assessments,
                push: settings.push,
                sync: settings.sync,
            }],
        };
        let transport: Arc<dyn HttpTransport> = Arc::new(ReqwestTransport::direct()?);
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let greenhouse_url = Url::parse(greenhouse.url())?;
        let outside = Outside {
            harvest: HarvestEndpoints::new(greenhouse_url.clone(), greenhouse_url)?,
            callbacks: CallbackPolicy::loopback(),
            transport,
            clock: Arc::clone(&clock),
        };
        let host = Arc::new(Host::open(config, outside).await?);

        let (stop, stopped) = watch::channel(false);
        let loops = host
            .background()
            .into_iter()
            .map(|service| background::spawn(service, Arc::clone(&clock), stopped.clone()))
            .collect();
        let running = tokio::spawn(web::serve(listener, host, ended(stopped)));

        let partner = |name: &str| format!("{host_url}api/greenhouse/{name}");
        greenhouse.set_partner(Partner::new(
            partner("list-tests"),
            partner("send-test"),
            partner("test-status"),
            partner("response-error"),
            partner_key.key.expose(),
        ));
        let hooks = format!("{host_url}api/webhooks/greenhouse/{}", hook_key.expose());
        let actions = [
            "reject_candidate",
            "hire_candidate",
            "candidate_stage_change",
            "application_updated",
        ];
        for action in actions.into_iter().filter(|_| synced) {
            let hook = greenhouse
                .add_hook(action, &hooks, hook_secret.expose())
                .await?;
            if !hook.active {
                return Err(
                    format!("the hook for {action} did not answer its ping with 200").into(),
                );
            }
        }
        let recruiter = Recruiter::new(&host_url, operator_token.key)?;
        Ok(Self {
            greenhouse,
            host_url,
            recruiter,
            partner_key: partner_key.key,
            hook: (hooks, hook_secret),
            applicant,
            mapped_stage,
            next_stage,
            stop,
            running: vec![running],
            loops,
            folder,
        })
    }

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
    pub async fn strike(self) -> Result<(), Box<dyn Error + Send + Sync>> {
        // Nobody listens any more where everything has ended by itself, which is as good as stopping.
        let _ = self.stop.send(true);
        for ending in self.loops {
            ending.await?;
        }
        drop(self.recruiter);
        self.greenhouse.stop().await;
        for ending in self.running {
            ending.await??;
        }
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

fn scenario(id: &str, name: &str) -> Scenario {
    Scenario {
        id: ScenarioId::new(id),
        name: name.to_owned(),
    }
}

async fn ended(mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        if stopped.changed().await.is_err() {
            break;
        }
    }
}
