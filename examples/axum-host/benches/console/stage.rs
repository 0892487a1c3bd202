use std::{
    io::{Read, Write as _},
    net::{SocketAddr, TcpStream},
    sync::Arc,
};

use chrono::{DateTime, TimeDelta, Utc};
use greenhouse_core::{
    ApplicationId, AssessmentId, CandidateId, Clock as _, JobId, ProductJobId, StageId,
    SystemClock, Text, UserId,
    integration::Environment,
    platform::ProductJob,
    settings::{AccountSettings, HarvestCredential, JobMapping, PushSettings},
    store::{
        Applied, Changes, Direction, LogEntry, LogKey, LogStatus, LogSubject, PersonKey, Push,
        PushOrigin, PushState, StoreWriter as _, SyncLog as _, Write,
    },
    testing::FakePlatform,
};
use mock_greenhouse::{Config, MockGreenhouse, SeededJob};
use sqlx_store::{MasterKey, MasterKeys, SqlxStore};
use tempfile::TempDir;

use crate::host::{OPERATOR, account, serve_host, settings, write_account};

/// A host with one account that has 10,000 entries and 200 mapped jobs, and a Greenhouse with these
/// jobs, 200 users and 20 custom fields.
pub(crate) struct Stage {
    pub(crate) host: SocketAddr,
    /// Cookie of a signed-in user.
    pub(crate) cookie: String,
    /// Entry of the push of [`ASSESSMENT`].
    pub(crate) entry: i64,
    /// Job in Greenhouse to which `job-7` is mapped.
    pub(crate) job: i64,
    greenhouse: MockGreenhouse,
    _folder: TempDir,
}

impl Stage {
    pub(crate) async fn set() -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let database = folder.path().join("bench.sqlite").display().to_string();
        let master_keys = MasterKeys::new(MasterKey::generate().unwrap(), []);
        let config = Config::default()
            .with_rate_limit(1_000_000)
            .with_token_rate_limit(1_000_000);
        let greenhouse = MockGreenhouse::start(config).await.unwrap();
        let jobs = seed(&greenhouse);
        let product = FakePlatform::new();
        for number in 0..JOBS {
            let (id, name) = (product_job(number), format!("Product job {number}"));
            product.add_job(&account(), ProductJob { id, name });
        }

        let store = SqlxStore::open(&database, master_keys.clone())
            .await
            .unwrap();
        let mut changes = Changes::none();
        let now = SystemClock.now();
        changes.pushes.push(Write::Put(done_push(now)));
        write_account(&store, with_push(&greenhouse, &jobs), changes).await;
        write_log(&store, now).await;
        let key = LogKey::push(&AssessmentId::new(ASSESSMENT));
        let entry = store.keyed_log_entry(&account(), &key).await.unwrap();
        store.close().await;

        let environment = Environment::sandbox(greenhouse.url()).unwrap();
        let host = serve_host(&database, master_keys, Arc::new(product), environment).await;
        let cookie = tokio::task::spawn_blocking(move || sign_in(host));
        Self {
            host,
            cookie: cookie.await.unwrap(),
            entry: entry.unwrap().id.value(),
            job: jobs[7].job_id,
            greenhouse,
            _folder: folder,
        }
    }

    /// Returns the number of requests that Greenhouse has received.
    pub(crate) fn greenhouse_calls(&self) -> u64 {
        self.greenhouse.request_counts().values().sum()
    }
}

fn seed(greenhouse: &MockGreenhouse) -> Vec<SeededJob> {
    for number in 0..200 {
        let email = format!("user{number}@example.org");
        greenhouse.seed_user("User", &number.to_string(), &email, number % 10 == 0);
    }
    for number in 0..20 {
        let name = format!("Field {number}");
        greenhouse
            .seed_custom_field("application", &name, "number", &[])
            .unwrap();
    }
    let stages = ["Application Review", "Take Home Test", "Offer"];
    (0..JOBS)
        .map(|number| greenhouse.seed_job(&format!("Greenhouse job {number}"), &stages))
        .collect()
}

fn with_push(greenhouse: &MockGreenhouse, jobs: &[SeededJob]) -> AccountSettings {
    let harvest = greenhouse.credential();
    let secret = Some(harvest.client_secret.as_str().into());
    let credential = HarvestCredential::new(&harvest.client_id, secret).unwrap();
    let mut push = PushSettings::new(credential);
    push.acting_user = Some(UserId::new(greenhouse.site_admin()));
    push.jobs = (0..JOBS)
        .zip(jobs)
        .map(|(number, job)| {
            let stage = job.stage("Take Home Test").map(StageId::new);
            let mapping = JobMapping::new(JobId::new(job.job_id), stage);
            (product_job(number), mapping)
        })
        .collect();
    let mut settings = settings();
    settings.push = Some(push);
    settings
}

fn product_job(number: usize) -> ProductJobId {
    ProductJobId::new(format!("job-{number}"))
}

fn done_push(now: DateTime<Utc>) -> Push {
    let person = PersonKey::of_email(&account(), "user@example.org");
    let assessment = AssessmentId::new(ASSESSMENT);
    let mut push = Push::new(assessment, person, PushOrigin::Person, now);
    push.state = PushState::Done;
    push.candidate = Some(CandidateId::new(7));
    push.application = Some(ApplicationId::new(8));
    push
}

/// Writes entries of the last 30 days: pushes, of which some failed, and events.
async fn write_log(store: &SqlxStore, now: DateTime<Utc>) {
    let entries: Vec<_> = (0..ENTRIES).map(|number| entry(number, now)).collect();
    for entries in entries.chunks(1_000) {
        let mut changes = Changes::none();
        changes.log = entries.to_vec();
        let applied = store.apply(&account(), changes).await.unwrap();
        assert_eq!(applied, Applied::Applied);
    }
}

fn entry(number: i32, now: DateTime<Utc>) -> LogEntry {
    let at = now - TimeDelta::minutes(4) * (ENTRIES - number);
    let id = if number == ENTRIES - 9 {
        ASSESSMENT.to_owned()
    } else {
        format!("asm-{number}")
    };
    let assessment = AssessmentId::new(id);
    let (direction, subject, status, text) = match number % 10 {
        0 => (
            Direction::ToGreenhouse,
            LogSubject::Push,
            LogStatus::Failed,
            "Greenhouse rejected the candidate: the job is closed. Reopen the job, then retry.",
        ),
        1..5 => (
            Direction::ToGreenhouse,
            LogSubject::Push,
            LogStatus::Done,
            "Pushed: candidate 7, application 8, recommendation Yes (64.5), scorecard as a note.",
        ),
        5..9 => (
            Direction::FromGreenhouse,
            LogSubject::Event,
            LogStatus::Done,
            "The application moved to stage \"Face to face\" in Greenhouse.",
        ),
        _ => (
            Direction::FromGreenhouse,
            LogSubject::Event,
            LogStatus::Skipped,
            "An older state of the application arrived late and was ignored.",
        ),
    };
    let entry = LogEntry::new(at, direction, subject, status, Text::new("bench", text))
        .about_assessment(assessment.clone())
        .about_candidate(CandidateId::new(7))
        .about_application(ApplicationId::new(8));
    match subject {
        LogSubject::Push => entry.keyed(LogKey::push(&assessment)),
        _ => entry,
    }
}

/// Signs in and returns the cookie of the session.
fn sign_in(host: SocketAddr) -> String {
    let form = format!("token={OPERATOR}");
    let request = format!(
        "POST /console/sign-in HTTP/1.1\r\nhost: {host}\r\nsec-fetch-site: same-origin\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{form}",
        form.len()
    );
    let mut connection = TcpStream::connect(host).unwrap();
    connection.write_all(request.as_bytes()).unwrap();
    let mut response = String::new();
    connection.read_to_string(&mut response).unwrap();
    let mut lines = response.lines();
    let cookie = lines.find_map(|line| line.strip_prefix("set-cookie: "));
    let cookie = cookie.unwrap();
    cookie.split(';').next().unwrap_or_default().to_owned()
}

pub(crate) const ASSESSMENT: &str = "as-17";
const JOBS: usize = 200;
const ENTRIES: i32 = 10_000;
