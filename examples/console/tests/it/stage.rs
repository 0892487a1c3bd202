use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use console::{Console, MountPath};
use greenhouse_core::{
    AccountId, AssessmentId, JobId, ProductJobId, ScenarioId, StageId, UserId,
    integration::{Environment, Integration, NewAccount},
    platform::{Assessment, AssessmentState, Person, ProductJob, Scenario},
    scorecard::Score,
    settings::{HarvestCredential, JobMapping, PushSettings},
    store::memory::MemoryStore,
    testing::{FailingStore, FakePlatform},
};
use greenhouse_harvest::{Push, ReqwestTransport};
use greenhouse_partner::Partner;
use http::{Method, Request};
use mock_greenhouse::{Config, Fault, FaultKind, MockGreenhouse, SeededJob};

/// A console with one account. `background` runs until the stage is dropped.
pub(crate) struct Stage {
    pub(crate) greenhouse: MockGreenhouse,
    pub(crate) product: Arc<FakePlatform>,
    pub(crate) integration: Integration,
    pub(crate) console: Console,
    pub(crate) account: AccountId,
    /// The store, which fails on demand.
    pub(crate) store: Arc<FailingStore>,
    /// An open job in Greenhouse. The product's job `sales` is mapped to it after `set_up`.
    pub(crate) job: SeededJob,
    assessments: Mutex<BTreeMap<String, Assessment>>,
    background: tokio::task::JoinHandle<()>,
}

/// Response of the console.
pub(crate) struct Shown {
    pub(crate) status: u16,
    pub(crate) body: String,
    pub(crate) location: Option<String>,
}

impl Stage {
    /// An account without settings.
    pub(crate) async fn empty() -> Self {
        Self::with(|_, _| NewAccount::new("acme").without_assessments()).await
    }

    /// An account with both directions and webhooks.
    pub(crate) async fn set_up() -> Self {
        Self::with(both_directions).await
    }

    /// An account without settings on a server with this public address.
    pub(crate) async fn empty_at(public_url: &str) -> Self {
        Self::with_at(public_url, |_, _| {
            NewAccount::new("acme").without_assessments()
        })
        .await
    }

    async fn with(account: impl FnOnce(&MockGreenhouse, &SeededJob) -> NewAccount) -> Self {
        Self::with_at(PUBLIC_URL, account).await
    }

    async fn with_at(
        public_url: &str,
        account: impl FnOnce(&MockGreenhouse, &SeededJob) -> NewAccount,
    ) -> Self {
        // Each page calls Greenhouse, and a test loads many pages.
        let config = Config::default()
            .with_rate_limit(100_000)
            .with_token_rate_limit(100_000);
        Self::of(config, public_url, account).await
    }

    /// Like [`set_up`](Self::set_up), with the rate limits of Greenhouse: 150 calls in 30 s,
    /// and 60 calls of the token host in a minute.
    pub(crate) async fn set_up_with_rate_limit() -> Self {
        Self::of(Config::default(), PUBLIC_URL, both_directions).await
    }

    async fn of(
        config: Config,
        public_url: &str,
        account: impl FnOnce(&MockGreenhouse, &SeededJob) -> NewAccount,
    ) -> Self {
        let greenhouse = MockGreenhouse::start(config).await.unwrap();
        let stages = ["Application Review", "Take Home Test", "Offer"];
        let job = greenhouse.seed_job("Account Executive", &stages);
        let product = Arc::new(FakePlatform::new());
        let store = Arc::new(FailingStore::around(Arc::new(MemoryStore::new())));
        let integration = Integration::builder(Arc::clone(&product), Arc::clone(&store))
            .public_url(public_url)
            .unwrap()
            .environment(Environment::sandbox(greenhouse.url()).unwrap())
            .with(Push::new(ReqwestTransport::new().unwrap()))
            .with(Partner::new())
            .build()
            .unwrap();
        let new = account(&greenhouse, &job);
        integration.accounts().create(new).await.unwrap();
        let account = AccountId::new("acme");
        let id = ScenarioId::new("case-study");
        let name = "Case study".to_owned();
        product.add_scenario(&account, Scenario { id, name });
        let (id, name) = (ProductJobId::new("sales"), "Sales".to_owned());
        product.add_job(&account, ProductJob { id, name });
        let background = integration.clone().run(std::future::pending());
        Self {
            console: Console::new(&integration),
            assessments: Mutex::default(),
            background: tokio::spawn(background),
            greenhouse,
            product,
            integration,
            account,
            store,
            job,
        }
    }

    /// Ends the background tasks, so that only requests call the store.
    pub(crate) async fn stop_background(&mut self) {
        self.background.abort();
        let _ = (&mut self.background).await;
    }

    /// Adds a completed assessment of the product's job `sales`.
    pub(crate) fn assess(&self, id: &str, score: f64) -> AssessmentId {
        let id = AssessmentId::new(id);
        let person = Person {
            first_name: "Mira".to_owned(),
            last_name: "Okafor".to_owned(),
            email: Some(format!("{}@example.org", id.as_str())),
        };
        let assessment = Assessment {
            id: id.clone(),
            scenario: ScenarioId::new("case-study"),
            scenario_name: "Case study".to_owned(),
            job: Some(ProductJobId::new("sales")),
            person,
            state: AssessmentState::Completed,
            score: Some(Score::new(score).unwrap()),
            traits: Vec::new(),
            summary: None,
            started_at: None,
            completed_at: None,
            invitation: None,
            metadata: Default::default(),
        };
        self.put(assessment);
        id
    }

    /// Makes pushes of new candidates fail, or ends the failure.
    pub(crate) fn fail_pushes(&self, fail: bool) {
        self.greenhouse.clear_faults();
        if fail {
            let (status, applied) = (422, false);
            let kind = FaultKind::Status { status, applied };
            let fault = Fault::new("POST", "/v3/candidates", kind).every();
            self.greenhouse.add_fault(fault);
        }
    }

    /// Changes an assessment in the product.
    pub(crate) fn change(&self, id: &str, change: impl FnOnce(&mut Assessment)) {
        let mut assessment = self.assessments.lock().unwrap()[id].clone();
        change(&mut assessment);
        self.put(assessment);
    }

    fn put(&self, assessment: Assessment) {
        let id = assessment.id.as_str().to_owned();
        self.product.put(&self.account, assessment.clone());
        self.assessments.lock().unwrap().insert(id, assessment);
    }

    pub(crate) async fn get(&self, path: &str) -> Shown {
        self.send(Method::GET, path, String::new()).await
    }

    /// Submits a form from a page of the console.
    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Shown {
        let encoded = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        self.send(Method::POST, path, encoded).await
    }

    /// Submits a form and loads the page to which the response redirects.
    pub(crate) async fn post_and_follow(&self, path: &str, form: &[(&str, &str)]) -> Shown {
        let shown = self.post(path, form).await;
        let Some(location) = &shown.location else {
            return shown;
        };
        let address = location.split('#').next().unwrap_or_default();
        self.get(address.strip_prefix("/mounted").unwrap()).await
    }

    async fn send(&self, method: Method, path: &str, body: String) -> Shown {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("sec-fetch-site", "same-origin")
            .extension(MountPath::new("/mounted"))
            .body(Bytes::from(body))
            .unwrap();
        let response = self.console.handle(&self.account, request).await;
        let location = response.headers().get(http::header::LOCATION);
        Shown {
            status: response.status().as_u16(),
            location: location.map(|value| value.to_str().unwrap().to_owned()),
            body: String::from_utf8(response.body().to_vec()).unwrap(),
        }
    }

    /// Polls a page until it contains a text.
    pub(crate) async fn wait_for(&self, path: &str, text: &str) -> Shown {
        for _ in 0..200 {
            let shown = self.get(path).await;
            if shown.body.contains(text) {
                return shown;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{path} does not show {text}");
    }
}

fn both_directions(greenhouse: &MockGreenhouse, job: &SeededJob) -> NewAccount {
    let harvest = greenhouse.credential();
    let secret = Some(harvest.client_secret.as_str().into());
    let credential = HarvestCredential::new(&harvest.client_id, secret).unwrap();
    let mut push = PushSettings::new(credential);
    push.acting_user = Some(UserId::new(greenhouse.site_admin()));
    let stage = job.stage("Take Home Test").map(StageId::new);
    let mapping = JobMapping::new(JobId::new(job.job_id), stage);
    push.jobs.insert(ProductJobId::new("sales"), mapping);
    NewAccount::new("acme")
        .webhooks("the secret key of the webhooks")
        .push(push)
}

const PUBLIC_URL: &str = "https://assess.example.com";

impl Drop for Stage {
    fn drop(&mut self) {
        self.background.abort();
    }
}
