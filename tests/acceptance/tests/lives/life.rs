//! One candidate in Greenhouse and the tests sent to them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use greenhouse_core::{AssessmentId, InvitationId, platform::AssessmentState};
use greenhouse_harvest::ReqwestTransport;
use mock_greenhouse::{AssessmentError, MockClock, MockGreenhouse, Partner, TakeHomeTest};
use tempfile::TempDir;

use crate::{
    chance::Chance,
    host::Hosts,
    product::Product,
    proxy::Proxy,
    template::{HOOK_KEY, HOOK_SECRET, Template},
    verdict,
    workers::Steps,
};

pub(crate) struct Life {
    pub(crate) greenhouse: MockGreenhouse,
    pub(crate) product: Arc<Product>,
    pub(crate) application: i64,
    pub(crate) chance: Chance,
    pub(crate) clock: MockClock,
    pub(crate) proxy: Proxy,
    pub(crate) hosts: Hosts,
    /// Invitation id that Greenhouse received for each sent test.
    pub(crate) answered: BTreeMap<i64, String>,
    /// Times at which the host was killed while it ran tasks.
    pub(crate) kills: Vec<DateTime<Utc>>,
    /// Assessments whose change the product has not reported to the host yet.
    pub(crate) unsent: BTreeSet<AssessmentId>,
    steps: Steps,
    _folder: TempDir,
}

impl Life {
    pub(crate) async fn begin(
        template: &Template,
        network: Arc<ReqwestTransport>,
        chance: Chance,
        steps: Steps,
    ) -> Self {
        let clock = MockClock::held(BIRTH.parse().unwrap());
        let config = mock_greenhouse::Config::default().with_clock(clock.clone());
        let greenhouse = MockGreenhouse::start(config).await.unwrap();
        let job = greenhouse.seed_job("Account Executive", &["Take Home Test"]);
        let candidate = greenhouse.seed_candidate("Mira", "Okafor", "mira@example.org");
        let application = greenhouse.seed_application(candidate, job.job_id).unwrap();

        let proxy = Proxy::open().await;
        let url = format!("http://{}", proxy.address);
        let endpoint = |name: &str| format!("{url}/api/greenhouse/{name}");
        greenhouse.set_partner(Partner::new(
            endpoint("list-tests"),
            endpoint("send-test"),
            endpoint("test-status"),
            endpoint("response-error"),
            template.partner_key(),
        ));
        let product = Arc::new(Product::of(template.account.clone()));
        let (folder, config) = template.copy(url.parse().unwrap());
        let hosts = Hosts {
            account: template.account.clone(),
            config,
            greenhouse: greenhouse.url().parse().unwrap(),
            network,
            clock: clock.clone(),
            product: product.clone(),
        };
        let life = Self {
            greenhouse,
            product,
            application,
            chance,
            clock,
            proxy,
            hosts,
            answered: BTreeMap::new(),
            kills: Vec::new(),
            unsent: BTreeSet::new(),
            steps,
            _folder: folder,
        };
        life.start_host().await;
        let hook = format!("{url}/api/webhooks/greenhouse/{HOOK_KEY}");
        for action in ["reject_candidate", "unreject_candidate"] {
            let added = life.greenhouse.add_hook(action, &hook, HOOK_SECRET).await;
            assert!(added.unwrap().active, "the ping got no response");
        }
        life
    }

    /// Returns the number of tests sent, and the number of results that were cut off or a
    /// description of the failure.
    pub(crate) async fn play(mut self) -> (usize, Result<usize, String>) {
        let verdict = self.live().await;
        // The verdict checks unexpected requests.
        let _ = self.greenhouse.problems();
        let tests = self.greenhouse.take_home_tests().len();
        self.end_host().await;
        self.greenhouse.stop().await;
        (tests, verdict)
    }

    async fn live(&mut self) -> Result<usize, String> {
        for _ in 0..20 + self.chance.below(30) {
            self.step().await?;
        }
        let settled = self.settle().await?;
        verdict::of(self, settled)
    }

    pub(crate) async fn start_host(&self) {
        let host = self.hosts.open().await;
        self.proxy.connect(host);
        self.note("the host starts");
    }

    /// Stops the host gracefully. It finishes accepted requests and closes the database.
    pub(crate) async fn end_host(&self) {
        if let Some(host) = self.proxy.disconnect() {
            host.stop();
            host.close().await;
        }
    }

    /// Fails if the host must not send this response to Greenhouse. Lost responses are allowed.
    pub(crate) fn judge<T>(&self, answer: Result<T, AssessmentError>) -> Result<(), String> {
        let silent = self.proxy.was_silent();
        match answer {
            Ok(_) | Err(AssessmentError::Refused(_)) => Ok(()),
            Err(AssessmentError::NoAnswer(_)) if silent => Ok(()),
            // The completion call fails if the product cannot return the score.
            Err(AssessmentError::Status(503)) if self.product.is_down() => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Fails if a test that is sent again receives a different invitation.
    pub(crate) fn remember(&mut self, test: &TakeHomeTest) -> Result<(), String> {
        let id = test.partner_interview_id.clone().unwrap();
        let known = self.answered.entry(test.id).or_insert_with(|| id.clone());
        if *known == id {
            return Ok(());
        }
        Err(format!("test {} became another invitation", test.id))
    }

    pub(crate) fn any_test(&mut self) -> Option<TakeHomeTest> {
        let mut tests = self.greenhouse.take_home_tests();
        let count = tests.len();
        (count > 0).then(|| tests.swap_remove(self.chance.below(count)))
    }

    /// Returns an invitation of an invited candidate. Sometimes prefers completed assessments, to
    /// complete them again.
    pub(crate) fn any_invitation(&mut self, state: AssessmentState) -> Option<InvitationId> {
        let letters = self.product.letters();
        let mut tests = self.greenhouse.take_home_tests();
        tests.retain(|test| {
            let id = test.partner_interview_id.as_ref().map(InvitationId::new);
            id.is_some_and(|id| letters.contains(&id))
        });
        let again = state == AssessmentState::Completed && self.chance.below(2) == 0;
        let is_complete = |test: &TakeHomeTest| test.status.as_deref() == Some("complete");
        if again && tests.iter().any(is_complete) {
            tests.retain(is_complete);
        }
        let count = tests.len();
        let test = (count > 0).then(|| tests.swap_remove(self.chance.below(count)))?;
        test.partner_interview_id.map(InvitationId::new)
    }

    pub(crate) fn note(&self, step: impl AsRef<str>) {
        let at = self.clock.now().format("%d %H:%M:%S");
        let step = format!("{at} {}", step.as_ref());
        self.steps.lock().unwrap().push(step);
    }
}

const BIRTH: &str = "2026-05-11T08:00:00Z";
