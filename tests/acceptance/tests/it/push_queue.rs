//! A queue of pushes against the rate limit, on a simulated clock shared by the service, its host's
//! loop and Greenhouse.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use greenhouse_core::{
    AccountId, AssessmentId, Background, Clock, JobId, ProductJobId, ScenarioId, StageId, UserId,
    integration::Ports,
    platform::{Assessment, AssessmentState, Person},
    report_link::{ReportLinkKey, ReportLinks},
    scorecard::Score,
    settings::{AccountSettings, HarvestCredential, JobMapping, PushSettings},
    store::{
        AccountRecord, Applied, Changes, PushState, Records, StoreWriter, Write,
        memory::MemoryStore,
    },
    testing::FakePlatform,
};
use greenhouse_harvest::{HarvestClients, HarvestEndpoints, PushConfig, PushService};
use mock_greenhouse::MockGreenhouse;
use tokio::sync::watch;

use crate::simulated::World;

#[tokio::test]
async fn two_hundred_pushes_use_the_limit_and_finish_in_order() {
    let world = World::new(LIMIT, 100..400);
    let greenhouse = world.greenhouse().await;
    let host = Host::before(&greenhouse, &world).await;
    let asked: Vec<AssessmentId> = (0..PUSHES).map(|number| host.completed(number)).collect();
    for id in &asked {
        let view = host.push.request(&host.account, id, None).await.unwrap();
        assert_eq!(view.state, "queued", "{view:?}");
    }

    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(run(host.push.clone(), world.clone(), stopped));
    let (store, account, clock) = (host.store.clone(), host.account.clone(), world.clone());
    let ids = asked.clone();
    let end = tokio::spawn(async move {
        for id in ids {
            while !is_done(&store, &account, &id).await {
                clock.sleep(Duration::from_secs(1)).await;
            }
        }
        stop.send(true).unwrap();
    });
    world.play(vec![end, running], false).await;

    let used = world.used();
    println!("{PUSHES} pushes at {LIMIT} requests a window: {used}");
    assert_eq!(used.refused, 0, "{used}");
    assert!(used.share() >= 0.95, "{used}");

    let emails: Vec<String> = (0..PUSHES).map(email).collect();
    let (begun, ended) = (begun(&greenhouse), ended(&greenhouse));
    assert_eq!(begun, emails);
    assert_eq!(ended, emails);
    assert_eq!(greenhouse.applications().len(), PUSHES);
    assert_eq!(greenhouse.attachments().len(), PUSHES);
    greenhouse.assert_no_problems();
    greenhouse.stop().await;
}

/// Runs due tasks until stopped, on the shared clock.
async fn run(push: Arc<PushService>, clock: Arc<World>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let next = push.run_due(16).await.unwrap();
        let wait = next.map_or(LONGEST_WAIT, |next| {
            let wait = (next - clock.now()).to_std().unwrap_or_default();
            wait.clamp(SHORTEST_WAIT, LONGEST_WAIT)
        });
        tokio::select! {
            () = clock.sleep(wait) => {}
            () = push.woken() => clock.sleep(SHORTEST_WAIT).await,
            stopped = stop.changed() => if stopped.is_err() { break },
        }
    }
}

const SHORTEST_WAIT: Duration = Duration::from_millis(10);
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// A host with a product, on one store.
struct Host {
    account: AccountId,
    platform: Arc<FakePlatform>,
    store: Arc<MemoryStore>,
    push: Arc<PushService>,
}

impl Host {
    async fn before(greenhouse: &MockGreenhouse, world: &Arc<World>) -> Self {
        let account = AccountId::new("acme");
        let (platform, store) = (Arc::new(FakePlatform::new()), Arc::new(MemoryStore::new()));
        let mut changes = Changes::none();
        changes.account = Some(Write::Put(record(greenhouse)));
        let applied = store.apply(&account, changes).await.unwrap();
        assert_eq!(applied, Applied::Applied);

        let url: url::Url = greenhouse.url().parse().unwrap();
        let ports = Ports::builder(platform.clone(), store.clone())
            .public_url("https://product.example")
            .unwrap()
            .serves_reports(false)
            .transport(world.clone())
            .clock(world.clone())
            .build()
            .unwrap();
        let clients = HarvestClients::builder(&ports)
            .endpoints(HarvestEndpoints::new(url.clone(), url).unwrap());
        let mut config = PushConfig::default();
        config.endpoint_wait = Duration::ZERO;
        // Concurrent pushes of one account finish in any order.
        config.at_once_per_account = 1;
        let push = PushService::builder(&ports)
            .clients(Arc::new(clients.build().unwrap()))
            .config(config);
        let push = Arc::new(push.build().unwrap());
        Self {
            account,
            platform,
            store,
            push,
        }
    }

    /// A completed assessment of a new person. Its id does not reveal the order.
    fn completed(&self, number: usize) -> AssessmentId {
        let id = AssessmentId::new(format!("a-{}", number * 37 % PUSHES));
        let assessment = Assessment {
            id: id.clone(),
            scenario: ScenarioId::new("discovery-call"),
            scenario_name: "Discovery Call".to_owned(),
            job: Some(ProductJobId::new("sales")),
            person: Person {
                first_name: "Mira".to_owned(),
                last_name: format!("Okafor {number}"),
                email: Some(email(number)),
            },
            state: AssessmentState::Completed,
            score: Some(Score::new(72.0).unwrap()),
            traits: Vec::new(),
            summary: None,
            started_at: None,
            completed_at: None,
            invitation: None,
            metadata: BTreeMap::new(),
        };
        self.platform.put(&self.account, assessment);
        id
    }
}

/// The account, with one mapped job.
fn record(greenhouse: &MockGreenhouse) -> AccountRecord {
    let job = greenhouse.seed_job(
        "Account Executive",
        &["Application Review", "Take Home Test"],
    );
    let known = greenhouse.credential();
    let secret = Some(known.client_secret.clone().into());
    let credential = HarvestCredential::new(&*known.client_id, secret).unwrap();
    let mut push = PushSettings::new(credential);
    push.acting_user = Some(UserId::new(greenhouse.site_admin()));
    let stage = job.stage("Take Home Test").map(StageId::new);
    let mapping = JobMapping::new(JobId::new(job.job_id), stage);
    push.jobs.insert(ProductJobId::new("sales"), mapping);
    let key = ReportLinkKey::new("1", "s".repeat(32).into()).unwrap();
    let mut settings = AccountSettings::new(ReportLinks::new(key, Vec::new()));
    settings.push = Some(push);
    AccountRecord::new(settings, Vec::new())
}

async fn is_done(store: &MemoryStore, account: &AccountId, id: &AssessmentId) -> bool {
    let push = store.push(account, id).await.unwrap().unwrap();
    assert!(!matches!(push.state, PushState::Failed(_)), "{push:?}");
    push.state == PushState::Done
}

/// People in the order in which their candidates were created.
fn begun(greenhouse: &MockGreenhouse) -> Vec<String> {
    let candidates = greenhouse.candidates().into_iter();
    candidates
        .map(|candidate| candidate.email_addresses[0].value.clone())
        .collect()
}

/// People in the order of their notes, which are the last write of a push.
fn ended(greenhouse: &MockGreenhouse) -> Vec<String> {
    let notes = greenhouse.notes().into_iter();
    notes
        .map(|note| {
            let candidate = greenhouse.candidate(note.candidate_id).unwrap();
            candidate.email_addresses[0].value.clone()
        })
        .collect()
}

fn email(number: usize) -> String {
    format!("candidate.{number}@example.org")
}

const PUSHES: usize = 200;
const LIMIT: u32 = 50;
