use std::{collections::BTreeSet, net::SocketAddr, sync::Arc, time::Duration};

use axum_host::{
    Config,
    accounts::AccountConfig,
    databases,
    keys::{KeyPurpose, NewKey},
};
use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, AssessmentId, ScenarioId, Secret,
    platform::{Assessment, AssessmentState, Scenario},
    scorecard::Score,
    settings::{AssessmentSettings, CompletionCredential, KeyDigest},
    testing::{FakePlatform, cut_short},
};
use greenhouse_partner::PartnerKey;
use mock_greenhouse::{
    AssessmentError, Fault, FaultKind, MockClock, MockGreenhouse, Partner, TakeHomeTest,
};
use tempfile::TempDir;
use url::Url;

use super::{chance::Chance, host::RunningHost, verdict};

/// One candidate in Greenhouse, and everything that happens to the tests that they are sent.
pub(super) struct Life {
    pub(super) greenhouse: MockGreenhouse,
    pub(super) product: Arc<FakePlatform>,
    pub(super) account: AccountId,
    pub(super) config: Config,
    host: Option<RunningHost>,
    chance: Chance,
    clock: MockClock,
    address: SocketAddr,
    application: i64,
    product_is_down: bool,
    /// What the product has still to tell the host of.
    untold: BTreeSet<AssessmentId>,
    steps: Vec<String>,
    _folder: TempDir,
}

pub(super) struct Played {
    pub(super) steps: Vec<String>,
    pub(super) tests: usize,
    pub(super) verdict: Result<(), String>,
}

impl Life {
    pub(super) async fn begin(chance: Chance) -> Self {
        let clock = MockClock::held(BIRTH.parse().unwrap());
        let greenhouse = mock_greenhouse::Config::default().with_clock(clock.clone());
        let greenhouse = MockGreenhouse::start(greenhouse).await.unwrap();
        let job = greenhouse.seed_job("Account Executive", &["Take Home Test"]);
        let candidate = greenhouse.seed_candidate("Mira", "Okafor", "mira@example.org");
        let application = greenhouse.seed_application(candidate, job.job_id).unwrap();

        // The host comes and goes at this port.
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = tokio::net::TcpListener::bind(any).await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let key = PartnerKey::mint().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let config = config(&folder, &address);
        let account = account(&greenhouse, key.digest());
        databases::set_up(&config, std::slice::from_ref(&account), None)
            .await
            .unwrap();
        let endpoint = |name: &str| format!("http://{address}/api/greenhouse/{name}");
        greenhouse.set_partner(Partner::new(
            endpoint("list-tests"),
            endpoint("send-test"),
            endpoint("test-status"),
            endpoint("response-error"),
            key.into_secret().expose(),
        ));
        let product = Arc::new(FakePlatform::new());
        product.add_scenario(&account.id, scenario());
        let mut life = Self {
            greenhouse,
            product,
            account: account.id,
            config,
            host: None,
            chance,
            clock,
            address,
            application,
            product_is_down: false,
            untold: BTreeSet::new(),
            steps: Vec::new(),
            _folder: folder,
        };
        life.start_host().await;
        life
    }

    pub(super) async fn play(mut self) -> Played {
        let mut wrong = Vec::new();
        for _ in 0..15 + self.chance.below(25) {
            if let Err(why) = self.step().await {
                wrong.push(why);
            }
        }
        let verdict = match wrong.first() {
            Some(why) => Err(why.clone()),
            None => match self.settle().await {
                Ok(()) => verdict::of(&self).await,
                Err(why) => Err(why),
            },
        };
        // What is unexpected is part of the verdict.
        let _ = self.greenhouse.troubles();
        let tests = self.greenhouse.take_home_tests().len();
        drop(self.host.take());
        self.greenhouse.stop().await;
        Played {
            steps: self.steps,
            tests,
            verdict,
        }
    }

    async fn step(&mut self) -> Result<(), String> {
        match self.chance.below(16) {
            0 | 1 => self.send().await,
            2 => self.send_again().await,
            3 => self.change(AssessmentState::Started).await,
            4 | 5 => self.change(AssessmentState::Completed).await,
            6 => {
                let ends = [AssessmentState::Withdrawn, AssessmentState::Expired];
                let end = ends[self.chance.below(2)];
                self.change(end).await
            }
            7 => self.ask().await,
            8 | 9 => {
                let minutes = 1 + self.chance.below(180) as u64;
                self.let_pass(Duration::from_secs(60 * minutes)).await;
                Ok(())
            }
            10 | 11 => self.work().await,
            12 => self.kill().await,
            13 => {
                self.product_is_down = !self.product_is_down;
                self.product.set_down(self.product_is_down);
                self.tell(format!("the product is down: {}", self.product_is_down));
                Ok(())
            }
            14 => {
                self.change_mind().await;
                Ok(())
            }
            _ => {
                let kinds = [
                    FaultKind::Cut { applied: true },
                    FaultKind::Cut { applied: false },
                    FaultKind::Status {
                        status: 503,
                        applied: true,
                    },
                ];
                let kind = kinds[self.chance.below(3)];
                let path = "/integrations/testing_partners/take_home_tests/{id}";
                self.greenhouse.add_fault(Fault::new("PATCH", path, kind));
                self.tell(format!("the next completion call fails: {kind:?}"));
                Ok(())
            }
        }
    }

    async fn send(&mut self) -> Result<(), String> {
        let sent = self.greenhouse.send_test(self.application, SCENARIO).await;
        self.tell(format!("a test is sent: {sent:?}"));
        self.judge(sent.map(drop))
    }

    /// The same once more, as after an answer that was lost.
    async fn send_again(&mut self) -> Result<(), String> {
        let Some(test) = self.any_test() else {
            return Ok(());
        };
        let sent = self.greenhouse.resend_test(test.id).await;
        self.tell(format!("test {} is sent again: {sent:?}", test.id));
        if let (Ok(sent), Some(known)) = (&sent, &test.partner_interview_id)
            && sent.partner_interview_id.as_ref() != Some(known)
        {
            return Err(format!("test {} became another invitation", test.id));
        }
        self.judge(sent.map(drop))
    }

    /// What the candidate or the product does. A host that is not told finds out when Greenhouse asks; of a second result it
    /// has to be told.
    async fn change(&mut self, state: AssessmentState) -> Result<(), String> {
        let Some(test) = self.any_test() else {
            return Ok(());
        };
        let Some(mut assessment) = self.assessment(&test).await else {
            return Ok(());
        };
        let again = assessment.completed_at.is_some();
        if state == AssessmentState::Completed {
            let tenths = self.chance.below(1_001);
            assessment.score = Score::new(tenths as f64 / 10.0).ok();
            assessment.completed_at = Some(self.clock.now());
        }
        assessment.started_at.get_or_insert(self.clock.now());
        assessment.state = state;
        self.tell(format!("{} is {state:?}", assessment.id));
        if again || self.chance.below(4) > 0 {
            self.untold.insert(assessment.id.clone());
        }
        self.product.put(&self.account, assessment);
        // No two results have the same time.
        self.clock.advance(Duration::from_secs(1));
        self.announce().await;
        Ok(())
    }

    async fn announce(&mut self) {
        let Some(host) = &self.host else { return };
        for assessment in std::mem::take(&mut self.untold) {
            let service = host.service();
            let told = service.assessment_changed(&self.account, &assessment).await;
            if told.is_err() {
                self.untold.insert(assessment);
            }
        }
    }

    async fn ask(&mut self) -> Result<(), String> {
        let Some(test) = self.any_test() else {
            return Ok(());
        };
        let Some(id) = test.partner_interview_id else {
            return Ok(());
        };
        let status = self.greenhouse.test_status(&id).await;
        self.tell(format!("test {} is asked for: {status:?}", test.id));
        self.judge(status.map(drop))
    }

    async fn let_pass(&mut self, time: Duration) {
        self.clock.advance(time);
        let asked = self.greenhouse.poll_due().await;
        self.tell(format!("{time:?} pass, and {} are asked for", asked.len()));
    }

    async fn work(&mut self) -> Result<(), String> {
        self.announce().await;
        let Some(host) = &self.host else {
            return Ok(());
        };
        let worked = host.service().background()[0].run_due(16).await;
        let settled = self.greenhouse.settled().await;
        self.tell(format!("the host does what is due: {worked:?}"));
        match worked {
            Ok(_) if settled => Ok(()),
            other => Err(format!("what is due is not done: {other:?}")),
        }
    }

    /// At its work, or while it is asked; or it comes back.
    async fn kill(&mut self) -> Result<(), String> {
        let Some(host) = self.host.take() else {
            self.start_host().await;
            return Ok(());
        };
        let waits = self.chance.below(12);
        let service = host.service().background().swap_remove(0);
        if self.chance.below(2) == 0 {
            let done = cut_short(waits, service.run_due(16)).await.is_some();
            drop(host);
            self.tell(format!("the host is killed at its work (done: {done})"));
        } else {
            let greenhouse = &self.greenhouse;
            let sending = greenhouse.send_test(self.application, SCENARIO);
            let killing = async {
                for _ in 0..waits {
                    tokio::task::yield_now().await;
                }
                drop(host);
            };
            let (sent, ()) = tokio::join!(sending, killing);
            self.tell(format!("the host is killed while a test is sent: {sent:?}"));
            if let Err(AssessmentError::Malformed(errors)) = sent {
                return Err(errors.join(", "));
            }
        }
        if self.chance.below(3) > 0 {
            self.start_host().await;
        }
        Ok(())
    }

    async fn start_host(&mut self) {
        let greenhouse: Url = self.greenhouse.url().parse().unwrap();
        let (config, clock) = (&self.config, &self.clock);
        let product = &self.product;
        let host = RunningHost::start(config, self.address, &greenhouse, clock, product).await;
        self.host = Some(host);
        self.tell("the host starts".to_owned());
    }

    /// The candidate is rejected, or it is undone.
    async fn change_mind(&mut self) {
        let rejected = match self.greenhouse.reject(self.application).await {
            Ok(_) => true,
            Err(_) => {
                self.greenhouse.unreject(self.application).await.unwrap();
                false
            }
        };
        self.tell(format!("the candidate is rejected: {rejected}"));
    }

    /// Everything works again, for more than a day.
    async fn settle(&mut self) -> Result<(), String> {
        self.tell("everything works again".to_owned());
        self.greenhouse.clear_faults();
        self.product_is_down = false;
        self.product.set_down(false);
        if self.host.is_none() {
            self.start_host().await;
        }
        for test in self.greenhouse.take_home_tests() {
            let sent = self.greenhouse.resend_test(test.id).await;
            sent.map_err(|error| format!("test {} cannot be sent: {error}", test.id))?;
        }
        for _ in 0..27 {
            self.let_pass(Duration::from_secs(3_600)).await;
            self.work().await?;
        }
        Ok(())
    }

    /// Whether Greenhouse may get this, as things stand.
    fn judge(&self, answer: Result<(), AssessmentError>) -> Result<(), String> {
        match answer {
            Ok(()) | Err(AssessmentError::Refused(_)) => Ok(()),
            Err(AssessmentError::NoAnswer(_)) if self.host.is_none() => Ok(()),
            // A completion whose score cannot be had.
            Err(AssessmentError::Status(503)) if self.product_is_down => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }

    fn any_test(&mut self) -> Option<TakeHomeTest> {
        let mut tests = self.greenhouse.take_home_tests();
        let count = tests.len();
        (count > 0).then(|| tests.swap_remove(self.chance.below(count)))
    }

    /// The product's assessment of a test, once it has invited.
    async fn assessment(&self, test: &TakeHomeTest) -> Option<Assessment> {
        let id = test.partner_interview_id.as_ref()?;
        self.product.set_down(false);
        let found = verdict::assessment(&self.product, &self.account, id).await;
        self.product.set_down(self.product_is_down);
        found
    }

    fn tell(&mut self, step: String) {
        let at: DateTime<Utc> = self.clock.now();
        self.steps.push(format!("{} {step}", at.format("%d %H:%M")));
    }
}

fn config(folder: &TempDir, address: &SocketAddr) -> Config {
    let path = folder.path().join("host.toml");
    let database = folder.path().join("greenhouse.sqlite");
    let text = format!(
        "public_url = \"http://{address}/\"\ndatabase = {:?}\nproduct_database = {:?}\nmaster_keys = [{:?}]\n",
        database.display().to_string(),
        folder.path().join("unused.sqlite").display().to_string(),
        NewKey::new(KeyPurpose::Master).unwrap().key.expose(),
    );
    std::fs::write(&path, text).unwrap();
    Config::read(Some(&path), |_| None).unwrap()
}

fn account(greenhouse: &MockGreenhouse, key: KeyDigest) -> AccountConfig {
    let operator = KeyDigest::of("an operator's token");
    let mut account = AccountConfig::new(AccountId::new("acme"), vec![operator]);
    let mut assessments = AssessmentSettings::new(vec![key]);
    let credential = greenhouse.completion_credential();
    assessments.completion = Some(CompletionCredential {
        user: Secret::new(&*credential.username),
        password: Secret::new(&*credential.password),
    });
    account.assessments = Some(assessments);
    account
}

fn scenario() -> Scenario {
    Scenario {
        id: ScenarioId::new(SCENARIO),
        name: "Discovery call".to_owned(),
    }
}

const BIRTH: &str = "2026-05-11T08:00:00Z";
const SCENARIO: &str = "discovery-call";
