//! A host with one account, and its Greenhouse.

use std::sync::Arc;

use bytes::Bytes;
use greenhouse_core::{
    AccountId, Environment, HookKey, JobId, ProductJobId, ScenarioId, Secret, StageId, UserId,
    platform::{ProductJob, Scenario},
    settings::{HarvestCredential, JobMapping, PushSettings, SyncSettings},
};
use greenhouse_harvest::{ReqwestTransport, SystemClock};
use http::{Request, header};
use mock_greenhouse::{Credential, MockGreenhouse, SeededJob};
use serde_json::{Value, json};
use server::{
    Config, Host, HostEnvironment,
    accounts::AccountConfig,
    databases,
    keys::{KeyPurpose, NewKey},
};
use sqlx_store::{MasterKey, MasterKeys};
use tempfile::TempDir;

pub(super) struct Scene {
    pub(super) greenhouse: MockGreenhouse,
    pub(super) job: SeededJob,
    pub(super) other: SeededJob,
    pub(super) config: Config,
    pub(super) account: AccountConfig,
    host: Host,
    token: Secret,
    _folder: TempDir,
}

impl Scene {
    /// Creates a host database with valid settings.
    pub(super) async fn set() -> Self {
        let credential = mock_greenhouse::Config::default().credential;
        let credential = Credential::new(credential.client_id, SECRET);
        let config = mock_greenhouse::Config::default().with_credential(credential);
        let greenhouse = MockGreenhouse::start(config).await.unwrap();
        let plan = ["Application Review", "Take Home Test", "Offer"];
        let job = greenhouse.seed_job("Account Executive", &plan);
        let other = greenhouse.seed_job("Customer Success", &plan);

        let operator = NewKey::new(KeyPurpose::Operator).unwrap();
        let tokens = operator.digest.into_iter().collect();
        let mut account = AccountConfig::new(AccountId::new("acme"), tokens);
        account.product_jobs = vec![ProductJob {
            id: ProductJobId::new("account-executive"),
            name: "Account Executive".to_owned(),
        }];
        account.scenarios = vec![Scenario {
            id: ScenarioId::new("discovery-call"),
            name: "Discovery Call".to_owned(),
        }];
        account.push = Some(push(&greenhouse, &job));
        let sync = SyncSettings::new(HookKey::new(HOOK_KEY), vec!["canary-hook-secret".into()]);
        account.sync = Some(sync.unwrap());

        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name).display().to_string();
        let public_url = "https://assess.example.com".parse().unwrap();
        let master_keys = MasterKeys::new(MasterKey::generate().unwrap(), []);
        let mut config = Config::new(public_url, master_keys);
        config.database = Secret::new(file("greenhouse.sqlite"));
        config.product_database = file("product.sqlite");
        let accounts = [account.clone()];
        databases::set_up(&config, &accounts, None).await.unwrap();
        let host = Host::open(config.clone(), outside(&greenhouse)).await;
        Self {
            greenhouse,
            job,
            other,
            config,
            account,
            host: host.unwrap(),
            token: operator.key,
            _folder: folder,
        }
    }

    pub(super) async fn get(&self, path: &str) -> (u16, Value) {
        self.ask("GET", path, String::new()).await
    }

    pub(super) async fn put(&self, version: u64, settings: &Value) -> (u16, Value) {
        let body = json!({ "version": version, "settings": settings });
        self.ask("PUT", "settings/push", body.to_string()).await
    }

    async fn ask(&self, method: &str, path: &str, body: String) -> (u16, Value) {
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/integrations/greenhouse/{path}"))
            .header(
                header::AUTHORIZATION,
                format!("Bearer {}", self.token.expose()),
            )
            .body(Bytes::from(body))
            .unwrap();
        let answer = self.host.handle(request).await;
        let text = String::from_utf8(answer.body().to_vec()).unwrap();
        assert!(!text.contains("canary"), "{text}");
        let body = serde_json::from_str(&text).unwrap();
        (answer.status().as_u16(), body)
    }

    pub(super) fn outside(&self) -> HostEnvironment {
        outside(&self.greenhouse)
    }

    pub(super) fn secret(&self) -> &str {
        &self.greenhouse.credential().client_secret
    }

    pub(super) fn job(&self) -> i64 {
        self.job.job_id
    }

    /// Returns the mapped stage.
    pub(super) fn stage(&self) -> i64 {
        self.job.stage("Take Home Test").unwrap()
    }

    pub(super) fn deactivate(&self, deactivated: bool) {
        let acting = self.greenhouse.site_admin();
        self.greenhouse
            .set_deactivated(acting, deactivated)
            .unwrap();
    }

    pub(super) fn show_own_user_everything(&self, everything: bool) {
        let own = self.greenhouse.service_user();
        self.greenhouse.set_site_admin(own, everything).unwrap();
    }

    /// Adds a custom field and returns its key and id.
    pub(super) fn field(
        &self,
        owner: &str,
        name: &str,
        kind: &str,
        options: &[&str],
    ) -> (String, i64) {
        let seeded = self
            .greenhouse
            .seed_custom_field(owner, name, kind, options)
            .unwrap();
        (seeded.name_key, seeded.field_id)
    }

    /// Adds an interview kit for an interview at the offer stage of this job.
    pub(super) fn kit(&self, job: i64) -> i64 {
        let seed = |list, row| self.greenhouse.seed_record(list, row).unwrap();
        let jobs = [&self.job, &self.other];
        let stages = jobs.into_iter().find(|seeded| seeded.job_id == job);
        let stage = stages.and_then(|seeded| seeded.stage("Offer"));
        let planned = json!({"job_id": job, "job_interview_stage_id": stage, "name": "Talk"});
        let planned = seed("job_interviews", planned);
        seed(
            "interview_kits",
            json!({"job_id": job, "job_interview_id": planned}),
        )
    }

    pub(super) async fn strike(self) {
        assert!(self.greenhouse.unexpected().is_empty());
        self.host.close().await;
        self.greenhouse.stop().await;
    }
}

fn push(greenhouse: &MockGreenhouse, job: &SeededJob) -> PushSettings {
    let known = greenhouse.credential();
    let secret = Some(known.client_secret.as_str().into());
    let credential = HarvestCredential::new(&known.client_id, secret).unwrap();
    let mut push = PushSettings::new(credential);
    push.acting_user = Some(UserId::new(greenhouse.site_admin()));
    let stage = job.stage("Take Home Test").map(StageId::new);
    let mapping = JobMapping::new(JobId::new(job.job_id), stage);
    push.jobs
        .insert(ProductJobId::new("account-executive"), mapping);
    push
}

fn outside(greenhouse: &MockGreenhouse) -> HostEnvironment {
    HostEnvironment {
        environment: Environment::sandbox(greenhouse.url()).unwrap(),
        transport: Arc::new(ReqwestTransport::direct().unwrap()),
        clock: Arc::new(SystemClock),
    }
}

const HOOK_KEY: &str = "acme-hook-key-0123456789";
const SECRET: &str = "canary-client-secret";
