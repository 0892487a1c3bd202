//! A working host with one account and its Greenhouse.

mod greenhouse;

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use greenhouse_core::{
    AccountId, Clock, Environment, HookKey, JobId, ProductJobId, ScenarioId, StageId, UserId,
    platform::{ProductJob, Scenario},
    settings::{
        AssessmentSettings, CompletionCredential, HarvestCredential, JobMapping, KeyDigest,
        PushSettings, SyncSettings,
    },
    store::{Applied, Changes, DueTask, StoreWriter, Task},
};
use greenhouse_harvest::SystemClock;
use hmac::{Hmac, KeyInit, Mac};
use http::{Request, StatusCode, header};
use mock_greenhouse::{Credential, MockGreenhouse, SeededJob};
use serde_json::Value;
use server::{
    Config, Host, HostEnvironment,
    accounts::AccountConfig,
    databases,
    doctor::{self, Report},
    settings::{HostSettings, SettingsOf},
};
use sha2::Sha256;
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use sqlx_store::SqlxStore;
use tempfile::TempDir;
use tokio::sync::OnceCell;

use super::fake::{AlteringTransport, WrongClock};
use crate::terminal::{CommandOutput, master_key, run};

pub(crate) struct Scene {
    pub(super) greenhouse: MockGreenhouse,
    pub(super) job: SeededJob,
    pub(super) other: SeededJob,
    pub(super) account: AccountConfig,
    pub(super) clock: Arc<WrongClock>,
    pub(super) transport: Arc<AlteringTransport>,
    /// Members of the configuration as TOML.
    pub(super) members: BTreeMap<&'static str, String>,
    /// Value of the configuration file argument.
    pub(super) file: &'static str,
    /// Environment variables.
    pub(super) variables: Vec<(String, String)>,
    /// Value of the account argument.
    pub(super) only: Option<&'static str>,
    pub(super) held: Option<SqliteConnection>,
    folder: TempDir,
}

impl Scene {
    pub(super) async fn set() -> Self {
        let known = mock_greenhouse::Config::default();
        let credential = Credential::new(&*known.credential.client_id, "canary-client-secret");
        let greenhouse = MockGreenhouse::start(known.with_credential(credential))
            .await
            .unwrap();
        let plan = ["Application Review", "Take Home Test", "Offer"];
        let job = greenhouse.seed_job("Account Executive", &plan);
        let other = greenhouse.seed_job("Customer Success", &plan);
        let folder = tempfile::tempdir().unwrap();
        let mut scene = Self {
            account: account(&greenhouse, &job),
            greenhouse,
            job,
            other,
            clock: WrongClock::right(),
            transport: AlteringTransport::direct(),
            members: BTreeMap::new(),
            file: "host.toml",
            variables: Vec::new(),
            only: None,
            held: None,
            folder,
        };
        for (member, value) in [
            ("listen", "\"127.0.0.1:0\"".to_owned()),
            ("public_url", "\"https://assess.example.com\"".to_owned()),
            ("database", quoted(&scene.path("greenhouse.sqlite"))),
            ("product_database", quoted(&scene.path("product.sqlite"))),
            (
                "master_keys",
                format!("[{}]", quoted(KEY.get_or_init(master_key))),
            ),
        ] {
            scene.members.insert(member, value);
        }
        scene.configure();
        let databases = DATABASES.get_or_init(|| scene.databases()).await;
        for (name, contents) in databases {
            fs::write(scene.path(name), contents).unwrap();
        }
        scene
    }

    /// Returns the databases of a scene, which are created only once because every mock has the
    /// same ids.
    async fn databases(&self) -> BTreeMap<String, Vec<u8>> {
        self.apply().await;
        self.ping().await;
        let mut files = self.files();
        files.retain(|name, _| name.ends_with(".sqlite"));
        files
    }

    /// Writes the configuration.
    pub(super) fn configure(&self) {
        let lines = self.members.iter();
        let text: String = lines
            .map(|(member, value)| format!("{member} = {value}\n"))
            .collect();
        self.write("host.toml", &text);
    }

    /// Changes a member of the configuration and returns its previous value.
    pub(super) fn member(&mut self, member: &'static str, value: impl Into<String>) -> String {
        let before = self.members.insert(member, value.into());
        self.configure();
        before.unwrap_or_default()
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(super) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    pub(super) fn rename(&self, from: &str, to: &str) {
        fs::rename(self.path(from), self.path(to)).unwrap();
    }

    /// Copies files to make and restore backups.
    pub(super) fn copy(&self, from: &str, to: &str) {
        fs::copy(self.path(from), self.path(to)).unwrap();
    }

    /// Returns the contents of each file.
    pub(super) fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let files = fs::read_dir(self.folder.path()).unwrap();
        let read = files.map(|file| {
            let file = file.unwrap();
            let name = file.file_name().into_string().unwrap();
            (name, fs::read(file.path()).unwrap())
        });
        read.collect()
    }

    pub(super) async fn examine(&self) -> Report {
        let file = self.path(self.file);
        let config = Config::read(Some(Path::new(&file)), self.variables.clone());
        let only = self.only.map(AccountId::new);
        doctor::examine(config, &self.outside(), only.as_ref()).await
    }

    pub(super) fn config(&self) -> Config {
        Config::read(Some(Path::new(&self.path("host.toml"))), []).unwrap()
    }

    pub(super) fn outside(&self) -> HostEnvironment {
        HostEnvironment {
            environment: Environment::sandbox(self.greenhouse.url()).unwrap(),
            transport: Arc::clone(&self.transport) as _,
            clock: Arc::clone(&self.clock) as _,
        }
    }

    /// Runs a command that must succeed.
    pub(super) fn run_command(&self, arguments: &[&str]) -> CommandOutput {
        let config = self.path("host.toml");
        let said = run(&[arguments, &["--config", &config]].concat(), &[]);
        assert!(said.ok, "{arguments:?}: {said:?}");
        said
    }

    /// Runs `accounts apply --unchecked` with the current account.
    pub(super) async fn apply(&self) {
        let accounts = std::slice::from_ref(&self.account);
        databases::set_up(&self.config(), accounts, None)
            .await
            .unwrap();
    }

    /// Changes one setting with `settings show` and `settings set`.
    pub(super) async fn set_member(&self, of: SettingsOf, member: &str, value: Value) {
        let change = |settings: &mut Value| settings[member] = value;
        self.change_settings(of, change).await;
    }

    pub(super) async fn change_settings(&self, of: SettingsOf, change: impl FnOnce(&mut Value)) {
        let settings = HostSettings::open(&self.config(), self.outside())
            .await
            .unwrap();
        let shown = settings.show(&self.account.id, of).await.unwrap();
        let mut shown = serde_json::to_value(&shown).unwrap();
        change(&mut shown["settings"]);
        let json = shown.to_string();
        let set = settings.set(&self.account.id, of, json.as_bytes()).await;
        set.unwrap();
        settings.close().await;
    }

    pub(super) async fn host(&self) -> Host {
        Host::open(self.config(), self.outside()).await.unwrap()
    }

    /// Returns the push settings as `settings show` prints them.
    pub(super) async fn push_settings(&self) -> Value {
        let settings = HostSettings::open(&self.config(), self.outside())
            .await
            .unwrap();
        let shown = settings
            .show(&self.account.id, SettingsOf::Push)
            .await
            .unwrap();
        settings.close().await;
        serde_json::to_value(&shown).unwrap()["settings"].clone()
    }

    /// Stores settings that `settings set` would refuse.
    pub(super) async fn put_unchecked(&mut self, settings: &Value) {
        let mut settings = settings.clone();
        let credential = settings["credential"].as_object_mut().unwrap();
        credential.remove("client_secret_set");
        credential
            .entry("client_secret")
            .or_insert(self.secret().into());
        self.account.push = Some(serde_json::from_value(settings).unwrap());
        self.apply().await;
    }

    /// Runs a host as `serve` does, until no task is due.
    pub(super) async fn serve(&self) {
        let host = self.host().await;
        for service in host.background() {
            while service
                .run_due(64)
                .await
                .unwrap()
                .is_some_and(|due| due <= self.clock.now())
            {}
        }
        host.close().await;
    }

    /// Sends the ping that Greenhouse sends when a hook is saved.
    pub(super) async fn ping(&self) {
        let host = self.host().await;
        let body = r#"{"action":"ping","payload":{"web_hook_id":7}}"#;
        let mut mac = Hmac::<Sha256>::new_from_slice(HOOK_SECRET.as_bytes()).unwrap();
        mac.update(body.as_bytes());
        let digest = mac.finalize().into_bytes();
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let request = Request::post(format!("/api/webhooks/greenhouse/{HOOK_KEY}"))
            .header("Signature", format!("sha256 {digest}"))
            .header(header::CONTENT_TYPE, "application/json")
            .header("Greenhouse-Event-ID", self.clock.now().timestamp_micros())
            .body(Bytes::from(body))
            .unwrap();
        let answer = host.handle(request).await;
        assert_eq!(answer.status(), StatusCode::OK, "{:?}", answer.body());
        host.close().await;
    }

    /// Opens the store as a host does and applies these changes.
    pub(super) async fn store(&self, changes: Changes) {
        let store = self.open().await;
        let applied = store.apply(&self.account.id, changes).await;
        assert_eq!(applied.unwrap(), Applied::Applied);
        store.close().await;
    }

    pub(super) async fn open(&self) -> SqlxStore {
        databases::open(&self.config()).await.unwrap()
    }

    /// Adds tasks that have been due for this long.
    pub(super) async fn due(&self, works: impl IntoIterator<Item = Task>, since: TimeDelta) {
        let mut changes = Changes::none();
        let at = ago(since);
        changes.due = works
            .into_iter()
            .map(|work| DueTask::new(work, at))
            .collect();
        self.store(changes).await;
    }

    /// Runs SQL directly on the database.
    pub(super) async fn sql(&self, sql: &str) {
        let mut connection = self.connect().await;
        let sql = sqlx::AssertSqlSafe(sql);
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    pub(super) async fn connect(&self) -> SqliteConnection {
        let options = SqliteConnectOptions::new().filename(self.path("greenhouse.sqlite"));
        SqliteConnection::connect_with(&options).await.unwrap()
    }

    pub(super) async fn strike(self) {
        assert!(self.greenhouse.unexpected().is_empty());
        self.greenhouse.stop().await;
    }
}

pub(super) fn ago(since: TimeDelta) -> DateTime<Utc> {
    SystemClock.now() - since
}

pub(super) fn quoted(text: &str) -> String {
    format!("{text:?}")
}

fn account(greenhouse: &MockGreenhouse, job: &SeededJob) -> AccountConfig {
    let mut account = AccountConfig::new(AccountId::new("acme"), vec![KeyDigest::of("token")]);
    account.product_jobs = vec![ProductJob {
        id: ProductJobId::new("account-executive"),
        name: "Account Executive".to_owned(),
    }];
    account.scenarios = vec![Scenario {
        id: ScenarioId::new("discovery-call"),
        name: "Discovery Call".to_owned(),
    }];
    let mut assessments = AssessmentSettings::new(vec![KeyDigest::of("gpk_canary-partner-key")]);
    assessments.completion = Some(CompletionCredential {
        user: "canary-user".into(),
        password: "canary-password".into(),
    });
    account.assessments = Some(assessments);
    let known = greenhouse.credential();
    let secret = Some(known.client_secret.as_str().into());
    let credential = HarvestCredential::new(&known.client_id, secret).unwrap();
    let mut push = PushSettings::new(credential);
    push.acting_user = Some(UserId::new(greenhouse.site_admin()));
    let stage = job.stage("Take Home Test").map(StageId::new);
    let mapping = JobMapping::new(JobId::new(job.job_id), stage);
    push.jobs
        .insert(ProductJobId::new("account-executive"), mapping);
    account.push = Some(push);
    let sync = SyncSettings::new(HookKey::new(HOOK_KEY), vec![HOOK_SECRET.into()]);
    account.sync = Some(sync.unwrap());
    account
}

static KEY: OnceLock<String> = OnceLock::new();
static DATABASES: OnceCell<BTreeMap<String, Vec<u8>>> = OnceCell::const_new();
const HOOK_KEY: &str = "acme-hook-key-0123456789";
const HOOK_SECRET: &str = "canary-hook-secret";
