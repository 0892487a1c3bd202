//! Pushed assessments, and the files of a host that has links to them.

use std::{net::TcpListener, time::Duration};

use chrono::TimeDelta;
use futures_util::{StreamExt, stream};
use greenhouse_core::{
    AccountId, ApplicationId, AssessmentId, CandidateId, Clock, HookKey, JobId, ProductJobId,
    ScenarioId, Secret,
    platform::Person,
    scorecard::Score,
    settings::SyncSettings,
    store::{Applied, Changes, Link, StoreWriter, Write},
};
use greenhouse_harvest::SystemClock;
use mock_greenhouse::{MockGreenhouse, SeededJob};
use server::{Config, databases};

use super::{Size, files::Files};
use crate::stage::{ACCOUNT, JOB, Place, Stage};

pub(crate) struct Fixture {
    pub(crate) stage: Stage,
    pub(crate) hook_url: String,
    pub(crate) files: Files,
    pub(crate) jobs: Vec<SeededJob>,
    pub(crate) pushed: Vec<Pushed>,
    /// Applications of candidates without a push.
    pub(crate) others: Vec<i64>,
}

/// An assessment and the records to which it was pushed.
pub(crate) struct Pushed {
    pub(crate) assessment: String,
    pub(crate) candidate: i64,
    pub(crate) application: i64,
    pub(crate) job: i64,
}

/// Creates the fixture. Then sets Greenhouse's clock to a time in the past and holds its
/// deliveries.
pub(crate) async fn set(size: &Size, database: Option<String>) -> Fixture {
    let port = free_port();
    let place = Place {
        public_url: format!("http://127.0.0.1:{port}/"),
        database,
    };
    let mut stage = Stage::set_at(place, TIMES, |_, account| {
        let secrets = vec![Secret::new(HOOK_SECRET)];
        account.sync = Some(SyncSettings::new(HookKey::new(HOOK_KEY), secrets).unwrap());
    })
    .await;
    stage.port = port;
    let hook_url = format!("http://127.0.0.1:{port}/api/webhooks/greenhouse/{HOOK_KEY}");
    let host = stage.host();
    for action in ACTIONS {
        let hook = stage.greenhouse.add_hook(action, &hook_url, HOOK_SECRET);
        assert!(hook.await.unwrap().active, "{action}");
    }
    host.kill();

    let greenhouse = &stage.greenhouse;
    greenhouse.hold_deliveries(true);
    greenhouse.clock().hold_at(SystemClock.now() - PAST);
    let jobs: Vec<SeededJob> = ["Account Executive", "Sales Engineer"]
        .map(|name| greenhouse.seed_job(name, &STAGES))
        .into();
    let people: Vec<(i64, i64, i64)> = (0..size.links)
        .map(|number| apply(greenhouse, number, &jobs[number % jobs.len()]))
        .collect();
    let others = (size.links..size.links * 3 / 2)
        .map(|number| apply(greenhouse, number, &jobs[number % jobs.len()]).1)
        .collect();
    let pushed = push(&stage, people).await;
    let files = Files::open(&Config::read(Some(&stage.config), []).unwrap()).await;
    Fixture {
        stage,
        hook_url,
        files,
        jobs,
        pushed,
        others,
    }
}

/// Creates a candidate, an application and a job.
fn apply(greenhouse: &MockGreenhouse, number: usize, job: &SeededJob) -> (i64, i64, i64) {
    let email = format!("candidate.{number}@example.org");
    let candidate = greenhouse.seed_candidate("Noor", "Haddad", &email);
    let application = greenhouse.seed_application(candidate, job.job_id).unwrap();
    (candidate, application, job.job_id)
}

/// Creates completed assessments in the product, and links to their applications. Other tests cover
/// the pushes themselves.
async fn push(stage: &Stage, people: Vec<(i64, i64, i64)>) -> Vec<Pushed> {
    let config = Config::read(Some(&stage.config), []).unwrap();
    let product = &databases::open_product(&config).await.unwrap();
    let account = &AccountId::new(ACCOUNT);
    let taking = people
        .into_iter()
        .map(|(candidate, application, job)| async move {
            let person = Person {
                first_name: "Noor".to_owned(),
                last_name: "Haddad".to_owned(),
                email: Some(format!("{candidate}@example.org")),
            };
            let (scenario, product_job) =
                (ScenarioId::new("discovery-call"), ProductJobId::new(JOB));
            let taken = product.take(account, &scenario, Some(&product_job), &person);
            let id = taken.await.unwrap();
            let score = Score::new(81.5).unwrap();
            let completed = product.complete(account, &id, score, &[], None, SystemClock.now());
            completed.await.unwrap();
            Pushed {
                assessment: id.to_string(),
                candidate,
                application,
                job,
            }
        });
    let pushed: Vec<Pushed> = stream::iter(taking).buffered(1).collect().await;
    let store = databases::open(&config).await.unwrap();
    let mut changes = Changes::none();
    for one in &pushed {
        let link = Link::new(
            AssessmentId::new(one.assessment.as_str()),
            CandidateId::new(one.candidate),
            ApplicationId::new(one.application),
            Some(JobId::new(one.job)),
        );
        changes.links.push(Write::Put(link));
    }
    assert_eq!(
        store.apply(account, changes).await.unwrap(),
        Applied::Applied
    );
    store.close().await;
    pushed
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

pub(crate) const HOOK_SECRET: &str = "a secret of hooks";
/// Every event that the mock sends, including events without a rule.
const ACTIONS: [&str; 14] = [
    "application_updated",
    "candidate_anonymized",
    "candidate_stage_change",
    "delete_application",
    "delete_candidate",
    "hire_candidate",
    "merge_candidate",
    "new_candidate_application",
    "offer_deleted",
    "offer_updated",
    "reject_candidate",
    "unhire_candidate",
    "unreject_candidate",
    "update_candidate",
];
const STAGES: [&str; 4] = [
    "Application Review",
    "Take Home Test",
    "Face to Face",
    "Offer",
];
const HOOK_KEY: &str = "HOOK-0123456789abcdef";
/// Time before the flood, longer than all steps in the fixture.
const PAST: TimeDelta = TimeDelta::days(60);
/// Short times that are still sufficient on a busy machine.
const TIMES: &str = "[partner]
lease_seconds = 3
settle_seconds = 0.5
product_deadline_seconds = 2
reader_deadline_seconds = 2.5
notice_deadline_seconds = 1
work_first_wait_seconds = 0.1
work_longest_wait_seconds = 0.5

[tokens]
deadline_seconds = 1
lease_seconds = 2

[push]
lease_seconds = 3
write_deadline_seconds = 1
product_deadline_seconds = 2
settle_seconds = 1
search_interval_seconds = 0.2
";
/// Maximum time until a host has run its due tasks.
pub(crate) const LONGEST: Duration = Duration::from_secs(60);
