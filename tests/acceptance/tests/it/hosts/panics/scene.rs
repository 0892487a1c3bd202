//! A Greenhouse, a product and a restartable host that share one clock.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, AssessmentId, Clock, Environment, HookKey, JobId, ProductJobId, ScenarioId, Secret,
    StageId, UserId,
    platform::{AssessmentPlatform, Person, ProductJob, Scenario},
    scorecard::Score,
    settings::{AssessmentSettings, HarvestCredential, JobMapping, PushSettings, SyncSettings},
};
use greenhouse_harvest::ReqwestTransport;
use mock_greenhouse::{MockClock, MockGreenhouse, Partner};
use reqwest::{Client, Method};
use serde_json::Value;
use server::{
    Config, Host, HostEnvironment,
    accounts::AccountConfig,
    databases,
    framework::{self, Framework},
    keys::{KeyPurpose, NewKey},
    serve::until,
};
use sqlx_store::{MasterKey, MasterKeys};
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};
use url::Url;

use super::product::Panicking;

pub(super) struct Scene {
    pub(super) greenhouse: MockGreenhouse,
    pub(super) product: Arc<Panicking>,
    pub(super) accounts: Vec<Account>,
    pub(super) clock: MockClock,
    config: Config,
    framework: &'static dyn Framework,
    client: Client,
    _folder: TempDir,
}

/// One customer with its own job.
pub(super) struct Account {
    pub(super) id: AccountId,
    job: i64,
    operator_token: Secret,
    partner_key: Secret,
}

/// A host that serves requests and runs its background tasks.
pub(super) struct Running {
    host: Arc<Host>,
    stop: watch::Sender<bool>,
    end: watch::Sender<bool>,
    serving: JoinHandle<std::io::Result<()>>,
    background: JoinHandle<()>,
}

impl Scene {
    /// Sets up these accounts, each with both directions and with webhooks.
    pub(super) async fn set(framework: &'static dyn Framework, names: &[&str]) -> Self {
        let clock = MockClock::real();
        let config = mock_greenhouse::Config::default()
            .with_rate_limit(10_000)
            .with_clock(clock.clone());
        let greenhouse = MockGreenhouse::start(config).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        drop(listener);

        let master_keys = MasterKeys::new(MasterKey::generate().unwrap(), []);
        let mut config = Config::new(Url::parse(&url).unwrap(), master_keys);
        let file = |name: &str| folder.path().join(name).display().to_string();
        config.database = Secret::new(file("greenhouse.sqlite"));
        config.product_database = file("product.sqlite");
        config.environment = Environment::sandbox(greenhouse.url()).unwrap();
        config.push.endpoint_wait = Duration::ZERO;
        // On a busy machine, the clock advances by hours between two attempts of a task.
        config.push.patience = Duration::from_secs(24 * 3600);

        let (mut accounts, mut configs, mut hooks) = (Vec::new(), Vec::new(), Vec::new());
        for name in names {
            let (account, of_account, hook) = account(&greenhouse, name);
            hooks.push((config.webhook_address(&hook.0), hook.1));
            accounts.push(account);
            configs.push(of_account);
        }
        databases::set_up(&config, &configs, None).await.unwrap();
        let product = Arc::new(databases::open_product(&config).await.unwrap());
        let scene = Self {
            greenhouse,
            product: Arc::new(Panicking::new(product)),
            accounts,
            clock,
            config,
            framework,
            client: Client::builder().no_proxy().build().unwrap(),
            _folder: folder,
        };
        let running = scene.start().await;
        for (address, secret) in hooks {
            for action in ["reject_candidate", "hire_candidate"] {
                let hook = scene.greenhouse.add_hook(action, &address, secret.expose());
                assert!(hook.await.unwrap().active);
            }
        }
        running.stop().await;
        scene
    }

    /// Starts a host on the same databases and at the same address. Returns when the host is ready.
    pub(super) async fn start(&self) -> Running {
        let outside = HostEnvironment {
            environment: self.config.environment.clone(),
            transport: Arc::new(ReqwestTransport::direct().unwrap()),
            clock: Arc::new(Time(self.clock.clone())),
        };
        let product = Arc::clone(&self.product) as Arc<dyn AssessmentPlatform>;
        let host = Host::open_with_product(product, self.config.clone(), outside).await;
        let host = Arc::new(host.unwrap());
        let url = &self.config.public_url;
        let address = (url.host_str().unwrap(), url.port().unwrap());
        let listener = TcpListener::bind(address).await.unwrap();
        let (stop, stopped) = watch::channel(false);
        let (end, ended) = watch::channel(false);
        let (framework, served) = (self.framework, Arc::clone(&host));
        let serving = tokio::spawn(async move {
            framework::serve(framework, listener, served, until(stopped)).await
        });
        assert_eq!(
            self.readiness().await,
            503,
            "no background task is running yet"
        );
        let background = tokio::spawn(host.greenhouse().clone().run(until(ended)));
        wait("the host is ready", async || self.readiness().await == 200).await;
        Running {
            host,
            stop,
            end,
            serving,
            background,
        }
    }

    pub(super) fn account(&self, name: &str) -> &Account {
        let mut accounts = self.accounts.iter();
        accounts
            .find(|account| account.id.as_str() == name)
            .unwrap()
    }

    /// Sends a test from Greenhouse to one of its candidates.
    pub(super) async fn send_test(&self, account: &Account, email: &str) {
        let url = |name: &str| format!("{}api/greenhouse/{name}", self.config.public_url);
        self.greenhouse.set_partner(Partner::new(
            url("list-tests"),
            url("send-test"),
            url("test-status"),
            url("response-error"),
            account.partner_key.expose(),
        ));
        let candidate = self.greenhouse.seed_candidate("Noor", "Haddad", email);
        let application = self.greenhouse.seed_application(candidate, account.job);
        let sent = self.greenhouse.send_test(application.unwrap(), SCENARIO);
        assert!(sent.await.unwrap().partner_interview_id.is_some());
    }

    /// Completes an assessment as one of the product's candidates.
    pub(super) async fn completed(&self, account: &Account, email: &str) -> AssessmentId {
        let person = Person {
            first_name: "Noor".to_owned(),
            last_name: "Haddad".to_owned(),
            email: Some(email.to_owned()),
        };
        let (product, id) = (self.product.product(), &account.id);
        let (scenario, job) = (ScenarioId::new(SCENARIO), ProductJobId::new(JOB));
        let taken = product.take(id, &scenario, Some(&job), &person);
        let taken = taken.await.unwrap();
        let score = Score::new(81.5).unwrap();
        product
            .complete(id, &taken, score, &[], None, self.clock.now())
            .await
            .unwrap();
        taken
    }

    /// Requests a push as a recruiter does.
    pub(super) async fn push(&self, account: &Account, assessment: &AssessmentId) {
        let path = format!("push/{assessment}");
        let (status, body) = self.ask(account, Method::POST, &path).await;
        assert!([200, 202].contains(&status), "{status} {body}");
    }

    /// Returns the application to which an assessment was pushed, if the push is done.
    pub(super) async fn pushed_to(&self, account: &Account, assessment: &AssessmentId) -> i64 {
        let found = async || {
            let path = format!("sync-log?status=done&assessment={assessment}");
            self.entries(account, &path).await.into_iter().next()
        };
        wait("the push is done", async || found().await.is_some()).await;
        found().await.unwrap()["application"].as_i64().unwrap()
    }

    /// Returns the failed sync log entries. The mock asks for the status of every test with the
    /// partner key of the account that was set last; the entries of these requests are left out.
    pub(super) async fn failed(&self, account: &Account) -> Vec<Value> {
        let mut failed = self.entries(account, "sync-log?status=failed").await;
        failed.retain(|entry| entry["code"] != "status_of_unknown_test");
        failed
    }

    async fn entries(&self, account: &Account, path: &str) -> Vec<Value> {
        let (_, log) = self.ask(account, Method::GET, path).await;
        log["entries"].as_array().unwrap().clone()
    }

    /// Requests the retry of an entry. Returns the status.
    pub(super) async fn retry(&self, account: &Account, entry: &Value) -> u16 {
        let path = format!("sync-log/{}/retry", entry["id"]);
        self.ask(account, Method::POST, &path).await.0
    }

    /// Returns the health check with this name.
    pub(super) async fn check(&self, account: &Account, name: &str) -> Value {
        let (_, health) = self.ask(account, Method::GET, "health").await;
        let checks = health["checks"].as_array().unwrap();
        let found = checks.iter().find(|check| check["name"] == name);
        found.cloned().unwrap_or_default()
    }

    pub(super) async fn readiness(&self) -> u16 {
        let url = format!("{}readyz", self.config.public_url);
        self.client.get(url).send().await.unwrap().status().as_u16()
    }

    async fn ask(&self, account: &Account, method: Method, path: &str) -> (u16, Value) {
        let url = format!(
            "{}api/integrations/greenhouse/{path}",
            self.config.public_url
        );
        let request = self.client.request(method, url);
        super::super::http::answer(request.bearer_auth(account.operator_token.expose())).await
    }
}

impl Running {
    /// Stops the host as the program does on SIGTERM.
    pub(super) async fn stop(self) {
        self.host.stop();
        self.stop.send_replace(true);
        self.serving.await.unwrap().unwrap();
        self.end.send_replace(true);
        self.background.await.unwrap();
    }
}

fn account(greenhouse: &MockGreenhouse, name: &str) -> (Account, AccountConfig, (HookKey, Secret)) {
    let new_key = |purpose| NewKey::new(purpose).unwrap();
    let (operator, partner) = (new_key(KeyPurpose::Operator), new_key(KeyPurpose::Partner));
    let hook_key = HookKey::new(new_key(KeyPurpose::Hook).key.expose());
    let hook_secret = new_key(KeyPurpose::Hook).key;
    let job = greenhouse.seed_job(name, &["Application Review", "Take Home Test", "Offer"]);

    let id = AccountId::new(name);
    let mut config = AccountConfig::new(id.clone(), operator.digest.into_iter().collect());
    config.scenarios = vec![Scenario {
        id: ScenarioId::new(SCENARIO),
        name: "Discovery call".to_owned(),
    }];
    config.product_jobs = vec![ProductJob {
        id: ProductJobId::new(JOB),
        name: "Account Executive".to_owned(),
    }];
    let assessments = AssessmentSettings::new(partner.digest.into_iter().collect());
    config.assessments = Some(assessments);
    let known = greenhouse.credential();
    let secret = Some(known.client_secret.as_str().into());
    let credential = HarvestCredential::new(&known.client_id, secret).unwrap();
    let mut push = PushSettings::new(credential);
    push.acting_user = Some(UserId::new(greenhouse.site_admin()));
    let stage = job.stage("Take Home Test").map(StageId::new);
    let mapping = JobMapping::new(JobId::new(job.job_id), stage);
    push.jobs.insert(ProductJobId::new(JOB), mapping);
    config.push = Some(push);
    let sync = SyncSettings::new(hook_key.clone(), vec![hook_secret.clone()]);
    config.sync = Some(sync.unwrap());
    let account = Account {
        id,
        job: job.job_id,
        operator_token: operator.key,
        partner_key: partner.key,
    };
    (account, config, (hook_key, hook_secret))
}

/// The mock's clock, for the host.
#[derive(Debug)]
struct Time(MockClock);

#[async_trait]
impl Clock for Time {
    fn now(&self) -> DateTime<Utc> {
        self.0.now()
    }

    async fn sleep(&self, duration: Duration) {
        self.0.sleep(duration).await;
    }
}

/// Waits until a condition is met.
pub(super) async fn wait(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    for _ in 0..1_000 {
        if condition().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("timed out waiting until {what}");
}

const SCENARIO: &str = "discovery-call";
const JOB: &str = "account-executive";
