use std::sync::Arc;

use greenhouse_core::{
    AccountId, ApplicationId, ApplicationReader, ApplicationStatus, CandidateId, JobId,
    ReaderError,
    settings::{AccountSettings, FixedSettings, HarvestCredential, PushSettings},
    store::memory::MemoryStore,
    testing::ManualClock,
};
use greenhouse_harvest::HarvestReader;

use crate::support::{
    EMAIL, SECRET, clients, endpoints,
    greenhouse::{Greenhouse, JOB, STAGE},
    ports, start,
    world::links,
};

fn reader(greenhouse: &Greenhouse, account: &AccountId) -> HarvestReader {
    let credential = HarvestCredential::new("client-7", Some(SECRET.into())).unwrap();
    let mut settings = AccountSettings::new(links());
    settings.push = Some(PushSettings::new(credential));
    let settings = FixedSettings::new([(account.clone(), settings)], None).unwrap();
    let clock = Arc::new(ManualClock::self_advancing(start()));
    let ports = ports(Arc::new(settings), MemoryStore::new(), clock);
    HarvestReader::new(clients(&ports, endpoints(greenhouse.server())))
}

#[tokio::test]
async fn a_site_admin_reads_applications() {
    let greenhouse = Greenhouse::start().await;
    let (candidate, active, rejected) = greenhouse.with(|state| {
        let candidate = state.add_candidate(EMAIL);
        let active = state.add_application(candidate, JOB, "in_process");
        (
            candidate,
            active,
            state.add_application(candidate, 5, "rejected"),
        )
    });
    let account = AccountId::new("acme");
    let reader = reader(&greenhouse, &account);
    let ids = [active, rejected, 1].map(ApplicationId::new);
    let found = reader.applications(&account, &ids).await.unwrap();
    let found: Vec<_> = found
        .iter()
        .map(|row| (row.application.value(), row.status.clone()))
        .collect();
    assert_eq!(
        found,
        [
            (active, ApplicationStatus::Active),
            (rejected, ApplicationStatus::Rejected)
        ]
    );
    let on_job = reader
        .applications_on_job(&account, CandidateId::new(candidate), JobId::new(JOB))
        .await
        .unwrap();
    assert_eq!(on_job.len(), 1);
    assert_eq!(on_job[0].stage.as_ref().unwrap().id.unwrap().value(), STAGE);
    assert_eq!(on_job[0].job, Some(JobId::new(JOB)));
}

#[tokio::test]
async fn other_users_and_accounts_are_refused() {
    let greenhouse = Greenhouse::start().await;
    greenhouse.with(|state| state.role = Some("job_admin"));
    let account = AccountId::new("acme");
    let reader = reader(&greenhouse, &account);
    let ids = [ApplicationId::new(1)];
    let blind = reader.applications(&account, &ids).await;
    assert!(matches!(blind, Err(ReaderError::Blind { .. })));
    let other = reader.applications(&AccountId::new("other"), &ids).await;
    assert!(matches!(other, Err(ReaderError::NotConfigured)));
    assert_eq!(greenhouse.asked(), [""; 0]);
}

#[tokio::test]
async fn a_list_of_other_rows_shows_no_deletion() {
    let greenhouse = Greenhouse::start().await;
    let (candidate, own) = greenhouse.with(|state| {
        let other = state.add_candidate("otto@example.org");
        state.add_application(other, JOB, "hired");
        let candidate = state.add_candidate(EMAIL);
        (
            candidate,
            state.add_application(candidate, JOB, "in_process"),
        )
    });
    let account = AccountId::new("acme");
    let reader = reader(&greenhouse, &account);
    let (ids, job) = ([ApplicationId::new(own)], JobId::new(JOB));
    let candidate = CandidateId::new(candidate);

    greenhouse.with(|state| state.other_row.insert("GET /v3/applications", 2));
    let seen = reader.applications(&account, &ids).await;
    assert!(matches!(seen, Err(ReaderError::Unavailable(_))), "{seen:?}");
    let seen = reader.applications_on_job(&account, candidate, job).await;
    assert!(matches!(seen, Err(ReaderError::Unavailable(_))), "{seen:?}");

    greenhouse.with(|state| state.repeated = true);
    let seen = reader.applications(&account, &ids).await.unwrap();
    assert_eq!(seen.len(), 1);
    let seen = reader.applications_on_job(&account, candidate, job).await;
    assert_eq!(seen.unwrap().len(), 1);
}
