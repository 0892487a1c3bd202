//! Greenhouse, the product, a store, and the host that runs on the store.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, ApplicationId, AssessmentId, Background, CandidateId, Clock, InvitationId,
    ProductJobId, ScenarioId, UserId,
    integration::Ports,
    operator::OperatorService,
    platform::{Assessment, AssessmentState, Person as ProductPerson},
    report_link::{ReportLinkKey, ReportLinks},
    scorecard::Score,
    settings::AccountSettings,
    store::{
        AccountRecord, Applied, Changes, Invitation, InvitedPerson, Push, PushState, Records,
        RequestKey, StoreError, StoreWriter, Write, memory::MemoryStore,
    },
    testing::FakePlatform,
};
use greenhouse_harvest::{
    HarvestClient, HarvestClients, HarvestEndpoints, PushConfig, PushService, ReqwestTransport,
    StatusWriter,
};
use http::Request;
use mock_greenhouse::MockGreenhouse;
use serde_json::Value;

use crate::{
    clock::SimulatedClock,
    fixture::{self, EMAIL, Fixture, JOB},
    scenario::{Person, Scenario},
    verdict::Counts,
    wire::Wire,
};

pub(crate) struct Stage {
    pub(crate) scenario: &'static Scenario,
    pub(crate) greenhouse: Arc<MockGreenhouse>,
    pub(crate) fixture: Fixture,
    pub(crate) clock: Arc<SimulatedClock>,
    pub(crate) wire: Arc<Wire>,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) account: AccountId,
    /// Assessments expected in Greenhouse at the end. The faults occur in the push of the last
    /// assessment.
    pub(crate) assessments: Vec<AssessmentId>,
    /// `true` if a person has retried the push.
    pub(crate) was_retried: bool,
    /// Reasons for which the push waited or failed, for example `failed: interrupted`.
    pub(crate) outcomes: BTreeSet<String>,
    /// Numbers of records before the push.
    pub(crate) counts_before: Counts,
    /// Time from which the product has the report.
    report_at: DateTime<Utc>,
    platform: Arc<FakePlatform>,
    host: Host,
}

struct Host {
    push: Arc<PushService>,
    status: Arc<StatusWriter>,
    operator: OperatorService,
}

/// Response to an operator.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<u64>,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn code(&self) -> Option<&str> {
        self.body["error"]["code"].as_str()
    }
}

impl Stage {
    pub(crate) async fn set(network: &ReqwestTransport, scenario: &'static Scenario) -> Self {
        let at = "2026-06-02T12:00:00Z".parse::<DateTime<Utc>>().unwrap();
        let clock = Arc::new(SimulatedClock::held(at));
        let config = Fixture::config(scenario).with_clock(clock.mock());
        let greenhouse = Arc::new(MockGreenhouse::start(config).await.unwrap());
        let fixture = Fixture::lay(&greenhouse, scenario);
        let wire = Wire::new(greenhouse.clone(), clock.clone(), network.clone());
        let (wire, store) = (Arc::new(wire), Arc::new(MemoryStore::new()));
        let platform = Arc::new(FakePlatform::new());
        let host = Host::new(&greenhouse, scenario, &clock, &wire, &store, &platform);
        let stage = Self {
            scenario,
            greenhouse,
            fixture,
            clock,
            wire,
            store,
            account: AccountId::new("acme"),
            assessments: Vec::new(),
            was_retried: false,
            outcomes: BTreeSet::new(),
            counts_before: Counts::default(),
            report_at: at,
            platform,
            host,
        };
        stage.set_up().await
    }

    async fn set_up(mut self) -> Self {
        let settings = self.fixture.settings(&self.greenhouse, self.scenario);
        let key = ReportLinkKey::new("k1", "k".repeat(32).into()).unwrap();
        let mut of_account = AccountSettings::new(ReportLinks::new(key, Vec::new()));
        of_account.push = Some(settings);
        let mut changes = Changes::none();
        changes.account = Some(Write::Put(AccountRecord::new(of_account, Vec::new())));
        self.apply(changes).await;
        if self.scenario.fields || self.scenario.tags {
            self.fixture.fill(&self.recruiter(), self.scenario).await;
        }
        self.greenhouse
            .switch(|switches| switches.read_lag_seconds = self.scenario.lag);
        if let Person::PushedBefore(seconds) = self.scenario.person {
            let id = self.assessed("a-0");
            let asked = self.operator("POST", &format!("push/{id}")).await;
            assert_eq!(asked.status, 202, "{asked:?}");
            self.work().await.unwrap();
            assert_eq!(self.push().await.unwrap().state, PushState::Done);
            self.clock.advance(Duration::from_secs(seconds)).await;
        }
        self.assessed("a-1");
        if self.scenario.person == Person::Invited {
            self.invited().await;
            // Candidates take longer than the tolerated difference between two clocks.
            self.clock.advance(Duration::from_secs(600)).await;
        }
        self.counts_before = self.counts();
        let report_after = Duration::from_secs(self.scenario.report_after);
        self.report_at = self.clock.now() + report_after;
        self
    }

    /// Replaces the host with a new process on the same store. All in-memory state is lost, and
    /// pending waits of the old host end.
    pub(crate) async fn restart(&mut self) {
        self.host = Host::new(
            &self.greenhouse,
            self.scenario,
            &self.clock,
            &self.wire,
            &self.store,
            &self.platform,
        );
        self.wire.until_disconnected().await;
    }

    /// Returns the assessment in whose push the faults occur.
    pub(crate) fn assessment(&self) -> &AssessmentId {
        self.assessments.last().expect("an assessment")
    }

    /// Returns the record of the push of [`assessment`](Self::assessment).
    pub(crate) async fn push(&self) -> Option<Push> {
        let push = self.store.push(&self.account, self.assessment()).await;
        push.unwrap()
    }

    /// Reports to the host that the assessment has changed, as the product does.
    pub(crate) async fn notify(&self) {
        let changed = self
            .host
            .push
            .assessment_changed(&self.account, self.assessment());
        self.in_time(changed).await.unwrap();
    }

    /// Runs the host's loop until no task is due. Returns `true` if the host is alive.
    pub(crate) async fn work(&self) -> Result<bool, StoreError> {
        loop {
            let is_pending = self.clock.now() < self.report_at;
            self.platform.set_reports_pending(is_pending);
            let push = self.host.push.clone();
            let run = async {
                tokio::select! {
                    next = push.run_due(10) => Some(next),
                    () = self.wire.died.notified() => None,
                }
            };
            let Some(next) = self.in_time(run).await else {
                return Ok(false);
            };
            if next?.is_none_or(|at| at > self.clock.now()) {
                self.wire.run_has_ended();
                return Ok(true);
            }
        }
    }

    /// Runs the loop that writes statuses until no task is due. Returns `true` if the host is
    /// alive.
    pub(crate) async fn write_statuses(&self) -> Result<bool, StoreError> {
        let status = self.host.status.clone();
        let run = async {
            tokio::select! {
                next = status.run_due(10) => Some(next),
                () = self.wire.died.notified() => None,
            }
        };
        let Some(next) = self.in_time(run).await else {
            return Ok(false);
        };
        next?;
        self.wire.run_has_ended();
        Ok(true)
    }

    pub(crate) async fn operator(&self, method: &str, path: &str) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/integrations/greenhouse/{path}"))
            .extension(self.account.clone())
            .body(Bytes::new())
            .unwrap();
        let response = self.in_time(self.host.operator.handle(request)).await;
        let after = response.headers().get("retry-after");
        Answer {
            status: response.status().as_u16(),
            retry_after: after.map(|seconds| seconds.to_str().unwrap().parse().unwrap()),
            body: serde_json::from_slice(response.body()).unwrap(),
        }
    }

    async fn in_time<T>(&self, future: impl Future<Output = T>) -> T {
        self.clock
            .while_time_passes(|| self.wire.is_busy(), future)
            .await
    }

    fn assessed(&mut self, id: &str) -> AssessmentId {
        let id = AssessmentId::new(id);
        let invitation = self.scenario.person == Person::Invited;
        let assessment = Assessment {
            id: id.clone(),
            scenario: ScenarioId::new("discovery-call"),
            scenario_name: "Discovery Call".to_owned(),
            job: Some(ProductJobId::new(JOB)),
            person: ProductPerson {
                first_name: "Mira".to_owned(),
                last_name: "Okafor".to_owned(),
                email: Some(EMAIL.to_owned()),
            },
            state: AssessmentState::Completed,
            score: Some(Score::new(72.0).unwrap()),
            traits: fixture::traits(),
            summary: None,
            started_at: None,
            completed_at: Some(self.clock.now()),
            invitation: invitation.then(|| InvitationId::new(INVITATION)),
            metadata: BTreeMap::new(),
        };
        self.platform.put(&self.account, assessment);
        self.assessments.push(id.clone());
        id
    }

    async fn invited(&self) {
        let mut invitation = Invitation::new(
            InvitationId::new(INVITATION),
            RequestKey::new("r-1"),
            ScenarioId::new("discovery-call"),
            InvitedPerson::new("Mira", "Okafor", EMAIL),
            self.clock.now(),
        );
        invitation.assessment = Some(self.assessment().clone());
        invitation.candidate = self.fixture.person.map(CandidateId::new);
        invitation.application = self.fixture.application.map(ApplicationId::new);
        let mut changes = Changes::none();
        changes.invitations.push(Write::Put(invitation));
        self.apply(changes).await;
    }

    pub(crate) async fn apply(&self, changes: Changes) {
        let applied = self.store.apply(&self.account, changes).await.unwrap();
        assert_eq!(applied, Applied::Applied);
    }

    /// Returns a client that acts as a recruiter and shares no state with the host.
    fn recruiter(&self) -> HarvestClient {
        let credential = fixture::credential(&self.greenhouse);
        HarvestClient::builder(self.wire.clone(), self.clock.clone(), credential)
            .acting_as(UserId::new(self.greenhouse.site_admin()))
            .endpoints(endpoints(&self.greenhouse))
            .build()
    }
}

impl Host {
    fn new(
        greenhouse: &MockGreenhouse,
        scenario: &Scenario,
        clock: &Arc<SimulatedClock>,
        wire: &Arc<Wire>,
        store: &Arc<MemoryStore>,
        platform: &Arc<FakePlatform>,
    ) -> Self {
        let ports = Ports::builder(platform.clone(), store.clone())
            .public_url("https://product.example")
            .unwrap()
            .transport(wire.clone())
            .clock(clock.clone())
            .build()
            .unwrap();
        let clients = HarvestClients::builder(&ports).endpoints(endpoints(greenhouse));
        let mut config = PushConfig::default();
        // Requests return immediately, and the case polls the status.
        config.endpoint_wait = Duration::ZERO;
        config.stage_with_candidate = scenario.stage_with_candidate;
        let push = PushService::builder(&ports)
            .clients(Arc::new(clients.build().unwrap()))
            .config(config);
        let push = Arc::new(push.build().unwrap());
        wire.serves(&push);
        let operator = OperatorService::new(store.clone(), vec![push.clone()]);
        let status = Arc::new(push.status_writer());
        Self {
            push,
            status,
            operator,
        }
    }
}

fn endpoints(greenhouse: &MockGreenhouse) -> HarvestEndpoints {
    let url: url::Url = greenhouse.url().parse().unwrap();
    HarvestEndpoints::new(url.clone(), url).unwrap()
}

pub(crate) const INVITATION: &str = "i-1";
