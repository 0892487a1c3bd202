//! A recruiter sends the test to many candidates at once.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::Path,
    sync::Arc,
    time::Duration,
};

use futures_util::future::join_all;
use greenhouse_core::{
    AccountId, Clock, ScenarioId, Secret, platform::Scenario, settings::AssessmentSettings,
    testing::FakePlatform,
};
use greenhouse_harvest::SystemClock;
use reqwest::Client;
use serde_json::{Value, json};
use server::{
    Config, Host, HostEnvironment,
    accounts::AccountConfig,
    databases,
    framework::{self, Framework},
    keys::{KeyPurpose, NewKey},
    serve::until,
};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use super::setup::Setup;

/// Every response contains a durable invitation, a repeated request receives the first invitation,
/// and each candidate is invited once, even across a restart of the host.
pub(crate) async fn a_burst_loses_no_invitation(setup: Setup) {
    let folder = tempfile::tempdir().unwrap();
    let platform = Arc::new(FakePlatform::new());
    let scenario = Scenario {
        id: ScenarioId::new("discovery-call"),
        name: "Discovery call".to_owned(),
    };
    platform.add_scenario(&account(), scenario);
    let (config, key) = set_up(folder.path()).await;
    let open = async || Running::start(setup.framework(), &platform, &config, &key).await;
    let start = SystemClock.now();
    let since_start = || (SystemClock.now() - start).num_milliseconds();

    let host = open().await;
    let ids = host.send(&burst()).await;
    let answered = since_start();
    assert_eq!(ids.len(), candidates());
    let distinct: BTreeSet<&String> = ids.values().collect();
    assert_eq!(distinct.len(), candidates());
    // Most candidates are not invited yet.
    let before = platform.invited();
    host.stop().await;

    let host = open().await;
    all_are_invited(&platform).await;
    let invited = since_start();
    let again: Vec<usize> = (0..candidates()).collect();
    assert_eq!(
        host.send(&again).await,
        ids,
        "invitations survived the restart"
    );
    let some = ids.values().step_by(candidates() / 50);
    for status in join_all(some.map(|id| host.status(id))).await {
        assert_eq!(status, "invited");
    }
    host.stop().await;
    assert_eq!(platform.invited(), candidates());
    println!(
        "{} requests answered after {answered} ms, {before} candidates invited before the restart, all after {invited} ms",
        burst().len()
    );
}

/// Returns every candidate, some of them twice: consecutively or at the end.
fn burst() -> Vec<usize> {
    let mut burst = Vec::new();
    for candidate in 0..candidates() {
        burst.push(candidate);
        if candidate < TWICE {
            burst.push(candidate);
        }
    }
    burst.extend(candidates() - TWICE..candidates());
    burst
}

async fn all_are_invited(platform: &FakePlatform) {
    for _ in 0..1_000 {
        if platform.invited() >= candidates() {
            return;
        }
        SystemClock.sleep(Duration::from_millis(20)).await;
    }
    panic!("{} are invited", platform.invited());
}

/// Creates a database file with one account that accepts tests, and the account's partner key.
async fn set_up(folder: &Path) -> (Config, Secret) {
    let file = |name: &str| folder.join(name).display().to_string();
    let master_key = NewKey::new(KeyPurpose::Master).unwrap().key;
    let text = format!(
        "public_url = \"https://assess.example.com\"\ndatabase = {:?}\nproduct_database = {:?}\nmaster_keys = [{:?}]\n",
        file("greenhouse.sqlite"),
        file("product.sqlite"),
        master_key.expose(),
    );
    let path = folder.join("host.toml");
    fs::write(&path, text).unwrap();
    let config = Config::read(Some(&path), []).unwrap();

    let operator = NewKey::new(KeyPurpose::Operator).unwrap();
    let partner = NewKey::new(KeyPurpose::Partner).unwrap();
    let mut own = AccountConfig::new(account(), operator.digest.into_iter().collect());
    let keys = partner.digest.into_iter().collect();
    own.assessments = Some(AssessmentSettings::new(keys));
    databases::set_up(&config, &[own], None).await.unwrap();
    (config, partner.key)
}

/// A host with its background loops. The product outlives the host.
struct Running {
    url: String,
    key: Secret,
    client: Client,
    stop: watch::Sender<bool>,
    serving: JoinHandle<std::io::Result<()>>,
    end: watch::Sender<bool>,
    background: JoinHandle<()>,
}

impl Running {
    async fn start(
        framework: &'static dyn Framework,
        platform: &Arc<FakePlatform>,
        config: &Config,
        key: &Secret,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/api/greenhouse", listener.local_addr().unwrap());
        let outside = HostEnvironment::production().unwrap();
        let host = Host::open_with_product(platform.clone(), config.clone(), outside).await;
        let host = Arc::new(host.unwrap());
        let (stop, stopped) = watch::channel(false);
        let (end, ended) = watch::channel(false);
        let background = tokio::spawn(host.greenhouse().clone().run(until(ended)));
        let serving = tokio::spawn(framework::serve(framework, listener, host, until(stopped)));
        Self {
            url,
            key: key.clone(),
            client: Client::builder().no_proxy().build().unwrap(),
            stop,
            end,
            serving,
            background,
        }
    }

    /// Sends the test to all candidates concurrently. Returns each candidate's invitation.
    async fn send(&self, candidates: &[usize]) -> BTreeMap<usize, String> {
        let answers = join_all(candidates.iter().map(|one| self.send_one(*one))).await;
        let mut ids = BTreeMap::new();
        for (candidate, id) in candidates.iter().zip(answers) {
            let first = ids.entry(*candidate).or_insert_with(|| id.clone());
            assert_eq!(*first, id, "repeated request for {candidate}");
        }
        ids
    }

    async fn send_one(&self, candidate: usize) -> String {
        let body = json!({
            "partner_test_id": "discovery-call",
            "candidate": {
                "first_name": "Noor", "last_name": "Haddad", "preferred_name": null, "phone_number": null,
                "email": format!("noor-{candidate}@example.org"), "resume_url": null,
                "greenhouse_profile_url": format!("https://app.greenhouse.io/people/{candidate}?application_id=9{candidate}"),
            },
            "url": format!("https://app.greenhouse.io/integrations/take_home_tests/{candidate}"),
        });
        let request = self.client.post(format!("{}/send-test", self.url));
        let answer = self.answer(request.json(&body)).await;
        answer["partner_interview_id"].as_str().unwrap().to_owned()
    }

    async fn status(&self, id: &str) -> String {
        let url = format!("{}/test-status?partner_interview_id={id}", self.url);
        let answer = self.answer(self.client.get(url)).await;
        answer["partner_status"].as_str().unwrap().to_owned()
    }

    async fn answer(&self, request: reqwest::RequestBuilder) -> Value {
        let request = request.basic_auth(self.key.expose(), Some(""));
        let response = request.send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        assert!(status.is_success(), "{status} {text}");
        serde_json::from_str(&text).unwrap()
    }

    async fn stop(self) {
        self.stop.send(true).unwrap();
        self.serving.await.unwrap().unwrap();
        self.end.send(true).unwrap();
        self.background.await.unwrap();
    }
}

fn account() -> AccountId {
    AccountId::new("acme")
}

/// Returns the number of candidates, which depends on `ACCEPTANCE`.
fn candidates() -> usize {
    match env::var("ACCEPTANCE").as_deref() {
        Ok("full") => 500,
        _ => 150,
    }
}

/// Number of candidates at each end that are sent the test twice.
const TWICE: usize = 25;
