//! A Greenhouse in this process, hosts in child processes, and a person who requests pushes.

use std::{fs, path::PathBuf, time::Duration};

use greenhouse_core::{
    AccountId, JobId, ProductJobId, ScenarioId, Secret, StageId, UserId,
    platform::{ProductJob, Scenario},
    settings::{HarvestCredential, JobMapping, KeyDigest, PushSettings},
};
use mock_greenhouse::{Fault, MockGreenhouse};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use server::{
    Config,
    accounts::AccountConfig,
    databases,
    keys::{KeyPurpose, NewKey},
};
use tempfile::TempDir;

use crate::host::{HostProcess, Start};

/// A Greenhouse, and the databases of hosts with one account that pushes manually.
pub(crate) struct Stage {
    pub(crate) greenhouse: MockGreenhouse,
    pub(crate) port: u16,
    pub(crate) latency: Duration,
    pub(crate) product: Option<String>,
    pub(crate) environment: Vec<(&'static str, &'static str)>,
    pub(crate) config: PathBuf,
    pub(crate) operator_token: Secret,
    client: Client,
    _folder: TempDir,
}

/// Addresses and storage of hosts.
pub(crate) struct Place {
    pub(crate) public_url: String,
    /// Database URL. `None` selects a SQLite file for each stage.
    pub(crate) database: Option<String>,
}

impl Default for Place {
    fn default() -> Self {
        Self {
            public_url: "https://assess.example.com".to_owned(),
            database: None,
        }
    }
}

/// A response of the host.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<u64>,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }
}

impl Stage {
    /// Creates a stage whose hosts are configured with `times`.
    pub(crate) async fn set(times: &str) -> Self {
        Self::set_at(Place::default(), times, |_, _| {}).await
    }

    /// Like [`set`](Self::set), but with the addresses and storage in `place`, and an account
    /// changed by the closure.
    pub(crate) async fn set_at(
        place: Place,
        times: &str,
        change: impl FnOnce(&MockGreenhouse, &mut AccountConfig),
    ) -> Self {
        let config = mock_greenhouse::Config::default().with_rate_limit(10_000);
        let greenhouse = MockGreenhouse::start(config).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("host.toml");
        let file = |name: &str| folder.path().join(name).display().to_string();
        let master_key = NewKey::new(KeyPurpose::Master).unwrap().key;
        let text = format!(
            "public_url = {:?}\ndatabase = {:?}\nproduct_database = {:?}\nmaster_keys = [{:?}]\n{times}",
            place.public_url,
            place.database.unwrap_or_else(|| file("greenhouse.sqlite")),
            file("product.sqlite"),
            master_key.expose(),
        );
        fs::write(&config, text).unwrap();

        let operator = NewKey::new(KeyPurpose::Operator).unwrap();
        let digests = operator.digest.into_iter().collect();
        let mut account = account(&greenhouse, digests);
        change(&greenhouse, &mut account);
        let read = Config::read(Some(&config), []).unwrap();
        databases::set_up(&read, &[account], None).await.unwrap();
        Self {
            greenhouse,
            port: 0,
            latency: Duration::ZERO,
            product: None,
            environment: Vec::new(),
            config,
            operator_token: operator.key,
            client: Client::builder().no_proxy().build().unwrap(),
            _folder: folder,
        }
    }

    /// Starts another host on the same databases.
    pub(crate) fn host(&self) -> HostProcess {
        let start = self.start();
        tokio::task::block_in_place(|| HostProcess::start(&start))
    }

    fn start(&self) -> Start {
        Start {
            config: self.config.clone(),
            port: self.port,
            greenhouse: self.greenhouse.url().to_owned(),
            latency: self.latency,
            product: self.product.clone(),
            environment: self.environment.clone(),
        }
    }

    /// Like [`host`](Self::host), but async.
    pub(crate) fn host_soon(&self) -> impl Future<Output = HostProcess> + use<> {
        let start = self.start();
        async {
            let started = tokio::task::spawn_blocking(move || HostProcess::start(&start));
            started.await.unwrap()
        }
    }

    /// Adds a completed assessment of the default person.
    pub(crate) async fn completed(&self, host: &HostProcess) -> String {
        self.completed_by(host, "noor@example.org").await
    }

    /// Adds a completed assessment of the person with this email address.
    pub(crate) async fn completed_by(&self, host: &HostProcess, email: &str) -> String {
        let person = json!({ "first_name": "Noor", "last_name": "Haddad", "email": email });
        let new = json!({ "scenario": "discovery-call", "job": JOB, "person": person });
        let path = "/product/assessments";
        let taken = self
            .ask(host, Method::POST, path, Some(&new))
            .await
            .unwrap();
        let id = taken.body["assessment"].as_str().unwrap().to_owned();
        let path = format!("/product/assessments/{id}/complete");
        let score = json!({ "score": 81.5 });
        let done = self.ask(host, Method::POST, &path, Some(&score)).await;
        assert_eq!(done.unwrap().status, 200);
        id
    }

    /// Requests the push. Fails if the host is not running.
    pub(crate) async fn click(
        &self,
        host: &HostProcess,
        assessment: &str,
    ) -> Result<Answer, reqwest::Error> {
        let path = format!("{API}/push/{assessment}");
        self.ask(host, Method::POST, &path, None).await
    }

    /// Requests the operator's health page, which connects to Greenhouse.
    pub(crate) async fn health(&self, host: &HostProcess) -> Value {
        let path = format!("{API}/health");
        let health = self.ask(host, Method::GET, &path, None).await.unwrap();
        assert_eq!(health.status, 200, "{health:?}");
        health.body
    }

    /// Returns `true` if the health page succeeds.
    pub(crate) async fn is_well(&self, host: &HostProcess) -> bool {
        let path = format!("{API}/health");
        let health = self.ask(host, Method::GET, &path, None).await;
        health.is_ok_and(|health| health.status == 200)
    }

    /// Returns the only sync log entry of the assessment's push.
    pub(crate) async fn entry(&self, host: &HostProcess, assessment: &str) -> Value {
        let path = format!("{API}/sync-log?assessment={assessment}");
        let log = self.ask(host, Method::GET, &path, None).await.unwrap();
        let entries = log.body["entries"].as_array().unwrap();
        assert_eq!(entries.len(), 1, "{entries:?}");
        entries[0].clone()
    }

    /// Waits until the entry is no longer pending and returns it.
    pub(crate) async fn settled(&self, host: &HostProcess, assessment: &str) -> Value {
        for _ in 0..400 {
            let entry = self.entry(host, assessment).await;
            if entry["status"] != "pending" {
                return entry;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the entry stays pending");
    }

    /// Retries the push of a sync log entry.
    pub(crate) async fn retry(&self, host: &HostProcess, entry: &Value) -> Answer {
        let path = format!("{API}/sync-log/{}/retry", entry["id"]);
        self.ask(host, Method::POST, &path, None).await.unwrap()
    }

    /// Requests the push until it is done, and waits as long as `Retry-After` requires. Returns the
    /// final response.
    pub(crate) async fn push_until_done(&self, host: &HostProcess, assessment: &str) -> Value {
        let mut answers = Vec::new();
        for _ in 0..PATIENCE {
            let answer = self.click(host, assessment).await.unwrap();
            answers.push((answer.status, answer.body.clone()));
            let wait = match (answer.status, answer.code(), answer.retry_after) {
                (200, "", _) => return answer.body,
                (409, "not_settled", Some(seconds)) => Duration::from_secs(seconds),
                (202, "", _) | (200, _, _) => Duration::from_millis(50),
                _ => panic!("{answer:?} after {answers:?}"),
            };
            tokio::time::sleep(wait).await;
        }
        panic!("the push is not done after {answers:?}");
    }

    /// Requests the push until Greenhouse has received the request that the fault stalls.
    pub(crate) async fn hold(&self, host: &HostProcess, assessment: &str, fault: Fault) {
        let fault = self.greenhouse.add_fault(fault);
        let is_held = async {
            loop {
                let all = self.greenhouse.faults();
                if all.iter().any(|one| one.id == fault && one.is_used()) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let clicks = async {
            for _ in 0..PATIENCE {
                let answer = self.click(host, assessment).await;
                assert_ne!(
                    answer.unwrap().body["state"],
                    "done",
                    "the request was not held"
                );
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            panic!("the push does not send the request");
        };
        tokio::select! {
            () = is_held => {}
            () = clicks => {}
        }
    }

    /// Asserts that Greenhouse has one record of each kind, and that `view` and the sync log
    /// contain their ids.
    pub(crate) async fn assert_whole(&self, host: &HostProcess, assessment: &str, view: &Value) {
        let greenhouse = &self.greenhouse;
        let (candidates, applications) = (greenhouse.candidates(), greenhouse.applications());
        let scorecards = greenhouse.notes().len() + greenhouse.records("scorecards").len();
        let counts = [
            candidates.len(),
            applications.len(),
            greenhouse.attachments().len(),
            scorecards,
        ];
        assert_eq!(
            counts, [1; 4],
            "candidates, applications, files, scorecards"
        );
        let (candidate, application) = (candidates[0].id, applications[0].id);
        assert_eq!(view["state"], "done");
        assert_eq!(view["candidate"], candidate);
        assert_eq!(view["application"], application);

        let entry = self.entry(host, assessment).await;
        assert_eq!(
            (&entry["status"], &entry["retry"]),
            (&json!("done"), &json!(false))
        );
        let text = entry["text"].as_str().unwrap();
        for id in [candidate, application] {
            assert!(text.contains(&id.to_string()), "{text}");
        }
    }

    async fn ask(
        &self,
        host: &HostProcess,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answer, reqwest::Error> {
        let mut request = self
            .client
            .request(method, format!("{}{path}", host.url()))
            .bearer_auth(self.operator_token.expose());
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        let response = request.send().await?;
        let status = response.status().as_u16();
        let retry_after = response.headers().get("retry-after");
        let retry_after = retry_after.and_then(|value| value.to_str().ok()?.parse().ok());
        let text = response.text().await?;
        Ok(Answer {
            status,
            retry_after,
            body: serde_json::from_str(&text).unwrap_or(Value::String(text)),
        })
    }
}

/// Returns an account that pushes manually to its own job.
pub(crate) fn account(
    greenhouse: &MockGreenhouse,
    operator_tokens: Vec<KeyDigest>,
) -> AccountConfig {
    let mut account = AccountConfig::new(AccountId::new(ACCOUNT), operator_tokens);
    account.scenarios = vec![Scenario {
        id: ScenarioId::new("discovery-call"),
        name: "Discovery call".to_owned(),
    }];
    account.product_jobs = vec![ProductJob {
        id: ProductJobId::new(JOB),
        name: "Account Executive".to_owned(),
    }];
    let stages = ["Application Review", "Take Home Test", "Offer"];
    let job = greenhouse.seed_job("Account Executive", &stages);
    let stage = job.stage("Take Home Test").map(StageId::new);
    let known = greenhouse.credential();
    let secret = Some(known.client_secret.as_str().into());
    let credential = HarvestCredential::new(&known.client_id, secret).unwrap();
    let mut push = PushSettings::new(credential);
    push.acting_user = Some(UserId::new(greenhouse.site_admin()));
    let mapping = JobMapping::new(JobId::new(job.job_id), stage);
    push.jobs.insert(ProductJobId::new(JOB), mapping);
    account.push = Some(push);
    account
}

pub(crate) const ACCOUNT: &str = "acme";
pub(crate) const JOB: &str = "account-executive";
const API: &str = "/api/integrations/greenhouse";
/// Maximum number of repeated requests.
const PATIENCE: usize = 200;
