//! Tests a queue of pushes against the rate limit, on a simulated clock that the service, its
//! host's loop and Greenhouse share.

mod organizations;

use std::{collections::BTreeMap, ops::Range, sync::Arc, time::Duration};

use greenhouse_core::{
    AccountId, AssessmentId, Background, Clock, HttpTransport, JobId, ProductJobId, ScenarioId,
    StageId, UserId,
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
use mock_greenhouse::{Credential, MockGreenhouse};
use tokio::sync::watch;

use self::organizations::Organizations;
use crate::simulated::World;

#[tokio::test]
async fn two_hundred_pushes_use_the_limit_and_finish_in_order() {
    let world = World::new(LIMIT, 100..400);
    let greenhouse = world.greenhouse().await;
    let mut config = PushConfig::default();
    // Concurrent pushes for one account finish in any order.
    config.at_once_per_account = 1;
    let host = Host::new(&[&greenhouse], world.clone(), &world, config).await;
    let account = host.accounts[0].clone();
    let asked: Vec<AssessmentId> = (0..PUSHES)
        .map(|number| host.completed(&account, number))
        .collect();
    for id in &asked {
        host.request(&account, id).await;
    }

    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(run(host.push.clone(), world.clone(), stopped));
    let (store, clock) = (host.store.clone(), world.clone());
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

/// Uses the default shares. Each account has its own organization and therefore its own rate limit.
#[tokio::test]
async fn accounts_that_wait_for_their_rate_limit_delay_no_other() {
    let world = World::new(LIMIT, 100..400);
    let mut organizations = Vec::new();
    for number in 0..=BUSY {
        let credential = Credential::new(format!("client-{number}"), format!("secret-{number}"));
        organizations.push(world.greenhouse_of(credential).await);
    }
    let all: Vec<_> = organizations.iter().collect();
    let transport = Organizations::new(&all, &world);
    let host = Host::new(&all, transport, &world, PushConfig::default()).await;
    let (quiet, busy) = host.accounts.split_last().unwrap();
    let (quiet, busy) = (quiet.clone(), busy.to_vec());
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(run(host.push.clone(), world.clone(), stopped));
    let clock = world.clone();
    let end = tokio::spawn(async move {
        let alone = host.slowest(&quiet, 0..QUIET_PUSHES, &clock).await;
        let mut waiting = Vec::new();
        for account in busy {
            for number in 0..BUSY_PUSHES {
                let id = host.completed(&account, number);
                host.request(&account, &id).await;
                waiting.push((account.clone(), id));
            }
        }
        let numbers = QUIET_PUSHES..2 * QUIET_PUSHES;
        let slowest = host.slowest(&quiet, numbers, &clock).await;
        let mut left = 0;
        for (account, id) in &waiting {
            left += usize::from(!is_done(&host.store, account, id).await);
        }
        println!(
            "{QUIET_PUSHES} pushes beside {BUSY} busy accounts: the slowest took {slowest:?}, alone {alone:?}; {left} of \
             {} others left",
            waiting.len()
        );
        assert!(left > 0, "the other accounts must be busy until the end");
        // A window of the rate limit lasts 30 s.
        assert!(
            slowest < alone + Duration::from_secs(5),
            "{slowest:?}, alone {alone:?}"
        );
        stop.send(true).unwrap();
    });
    world.play(vec![end, running], false).await;
    let used = world.used();
    assert_eq!(used.refused, 0, "{used}");
    for greenhouse in organizations {
        greenhouse.assert_no_problems();
        greenhouse.stop().await;
    }
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

/// A host with a product and a store.
struct Host {
    accounts: Vec<AccountId>,
    platform: Arc<FakePlatform>,
    store: Arc<MemoryStore>,
    push: Arc<PushService>,
}

impl Host {
    /// Creates a host with one account for each of these organizations.
    async fn new(
        organizations: &[&MockGreenhouse],
        transport: Arc<dyn HttpTransport>,
        world: &Arc<World>,
        mut config: PushConfig,
    ) -> Self {
        let (platform, store) = (Arc::new(FakePlatform::new()), Arc::new(MemoryStore::new()));
        let mut accounts = Vec::new();
        for greenhouse in organizations {
            let account = AccountId::new(format!("acme-{}", accounts.len()));
            let mut changes = Changes::none();
            changes.account = Some(Write::Put(record(greenhouse)));
            let applied = store.apply(&account, changes).await.unwrap();
            assert_eq!(applied, Applied::Applied);
            accounts.push(account);
        }

        let url: url::Url = organizations[0].url().parse().unwrap();
        let ports = Ports::builder(platform.clone(), store.clone())
            .public_url("https://product.example")
            .unwrap()
            .serves_reports(false)
            .transport(transport)
            .clock(world.clone())
            .build()
            .unwrap();
        let clients = HarvestClients::builder(&ports)
            .endpoints(HarvestEndpoints::new(url.clone(), url).unwrap());
        config.endpoint_wait = Duration::ZERO;
        let push = PushService::builder(&ports)
            .clients(Arc::new(clients.build().unwrap()))
            .config(config);
        let push = Arc::new(push.build().unwrap());
        Self {
            accounts,
            platform,
            store,
            push,
        }
    }

    /// Returns the duration of the slowest of these pushes, each requested some seconds after the
    /// previous one.
    async fn slowest(&self, account: &AccountId, numbers: Range<usize>, clock: &World) -> Duration {
        let mut slowest = Duration::ZERO;
        for number in numbers {
            clock.sleep(Duration::from_secs(11)).await;
            let id = self.completed(account, number);
            let start = clock.now();
            self.request(account, &id).await;
            while !is_done(&self.store, account, &id).await {
                clock.sleep(Duration::from_millis(50)).await;
            }
            slowest = slowest.max((clock.now() - start).to_std().unwrap());
        }
        slowest
    }

    async fn request(&self, account: &AccountId, id: &AssessmentId) {
        let view = self.push.request(account, id, None).await.unwrap();
        assert_eq!(view.state, "queued", "{view:?}");
    }

    /// Adds a completed assessment of a new person. The order of the ids differs from the order of
    /// completion.
    fn completed(&self, account: &AccountId, number: usize) -> AssessmentId {
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
        self.platform.put(account, assessment);
        id
    }
}

/// Returns an account with one mapped job.
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

/// Returns the people in the order in which their candidates were created.
fn begun(greenhouse: &MockGreenhouse) -> Vec<String> {
    let candidates = greenhouse.candidates().into_iter();
    candidates
        .map(|candidate| candidate.email_addresses[0].value.clone())
        .collect()
}

/// Returns the people in the order of their notes, which are the last write of a push.
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
/// Number of accounts with many pushes. Their shares leave room for one more account.
const BUSY: usize = 3;
const BUSY_PUSHES: usize = 60;
const QUIET_PUSHES: usize = 6;
const LIMIT: u32 = 50;
