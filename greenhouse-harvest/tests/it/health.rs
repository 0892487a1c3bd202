use std::{collections::BTreeMap, sync::Arc};

use greenhouse_core::{
    AccountId, JobId, ProductJobId, SourceId, StageId, UserId,
    health::{Check, CheckState},
    operator::OperatorPart,
    platform::ProductJob,
    settings::{
        AccountSettings, FieldOwner, FieldRef, FixedSettings, HarvestCredential, JobMapping,
        PushSettings,
    },
    store::memory::MemoryStore,
    testing::{FakePlatform, ManualClock},
};
use greenhouse_harvest::PushService;
use serde_json::json;
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path},
};

use crate::support::{
    SECRET, clients,
    desk::Desk,
    endpoints,
    greenhouse::{Fault, JOB},
    ports_of, server, start, with_tokens,
    world::{World, links},
};

async fn checks(server: &MockServer) -> BTreeMap<String, Check> {
    let credential = HarvestCredential::new("client-7", Some(SECRET.into())).unwrap();
    let mut push = PushSettings::new(credential);
    push.acting_user = Some(UserId::new(9));
    for (job, mapping) in [
        (
            "good",
            JobMapping::new(JobId::new(1), Some(StageId::new(10))),
        ),
        ("first-stage", JobMapping::new(JobId::new(1), None)),
        ("closed", JobMapping::new(JobId::new(2), None)),
        ("gone", JobMapping::new(JobId::new(3), None)),
        (
            "other-stage",
            JobMapping::new(JobId::new(1), Some(StageId::new(20))),
        ),
        (
            "old-stage",
            JobMapping::new(JobId::new(1), Some(StageId::new(11))),
        ),
    ] {
        push.jobs.insert(ProductJobId::new(job), mapping);
    }
    let account = AccountId::new("acme");
    let product = FakePlatform::new();
    for job in push.jobs.keys() {
        let name = job.to_string();
        let id = job.clone();
        product.add_job(&account, ProductJob { id, name });
    }
    let mut settings = AccountSettings::new(links());
    settings.push = Some(push);
    let settings = FixedSettings::new([(account.clone(), settings)], None).unwrap();
    let clock = Arc::new(ManualClock::self_advancing(start()));
    let ports = ports_of(product, Arc::new(settings), MemoryStore::new(), clock);
    let clients = clients(&ports, endpoints(server));
    let service = PushService::builder(&ports).clients(clients).build();
    let checks = service.unwrap().checks(&account).await;
    checks
        .into_iter()
        .map(|check| (check.name.clone(), check))
        .collect()
}

async fn introspection(server: &MockServer, role: &str, scope: &str) {
    let identity = json!({
        "active": true, "sub": 9, "scope": scope, "https://auth.greenhouse.io/claims": {"user_role": role},
    });
    Mock::given(method("POST"))
        .and(path("/introspect"))
        .respond_with(ResponseTemplate::new(200).set_body_json(identity))
        .mount(server)
        .await;
}

#[tokio::test]
async fn each_problem_has_a_remedy() {
    let server = server().await;
    with_tokens(&server).await;
    introspection(
        &server,
        "job_admin",
        "harvest:candidates:list harvest:notes:create",
    )
    .await;
    for (at, rows) in [
        ("/v3/users", json!([{"id": 9, "deactivated": true}])),
        (
            "/v3/jobs",
            json!([{"id": 1, "status": "open"}, {"id": 2, "status": "closed"}]),
        ),
        (
            "/v3/job_interview_stages",
            json!([{"id": 10, "job_id": 1, "active": true}, {"id": 11, "job_id": 1, "active": false}, {"id": 20, "job_id": 2}]),
        ),
    ] {
        Mock::given(path(at))
            .respond_with(ResponseTemplate::new(200).set_body_json(rows))
            .mount(&server)
            .await;
    }
    let checks = checks(&server).await;
    let states: Vec<_> = checks
        .values()
        .map(|check| (check.name.as_str(), check.state))
        .collect();
    assert_eq!(
        states,
        [
            ("acting_user", CheckState::Problem),
            ("harvest_credential", CheckState::Ok),
            ("harvest_reader", CheckState::Problem),
            ("harvest_scopes", CheckState::Problem),
            ("last_push", CheckState::Ok),
            ("mapped_job:closed", CheckState::Problem),
            ("mapped_job:first-stage", CheckState::Ok),
            ("mapped_job:gone", CheckState::Problem),
            ("mapped_job:good", CheckState::Ok),
            ("mapped_job:old-stage", CheckState::Problem),
            ("mapped_job:other-stage", CheckState::Problem),
            ("push_backlog", CheckState::Ok),
        ]
    );
    let scopes = &checks["harvest_scopes"].text;
    assert!(scopes.contains("harvest:candidates:create") && !scopes.contains("candidates:list"));
    for check in checks.values() {
        assert_eq!(check.remedy.is_some(), check.state != CheckState::Ok);
    }
}

#[tokio::test]
async fn a_refused_credential_is_named() {
    let server = server().await;
    Mock::given(path("/token"))
        .respond_with(ResponseTemplate::new(401).set_body_json(json!({"error": "invalid_client"})))
        .mount(&server)
        .await;
    let checks = checks(&server).await;
    let credential = &checks["harvest_credential"];
    assert_eq!(credential.state, CheckState::Problem);
    assert!(
        credential
            .remedy
            .as_deref()
            .unwrap()
            .contains("API Credential Management")
    );
    assert_eq!(checks.len(), 3);
}

/// Health reports the problems that settings verification refuses.
#[tokio::test]
async fn health_reports_the_problems_that_settings_verification_reports() {
    let desk = Desk::new();
    let mut record = desk.record().await;
    let push = record.settings.push.as_mut().unwrap();
    push.fields.score = Some(FieldRef::new(FieldOwner::Application, "old"));
    push.source = Some(SourceId::new(9));
    push.tags = vec!["Assessed".to_owned(), "assessed".to_owned()];
    let mapping = JobMapping::new(JobId::new(JOB), None);
    push.jobs.insert(ProductJobId::new("gone"), mapping);
    desk.store(record).await;
    let world = &desk.world;
    let asked = world.push.checks(&world.account);
    let checks = world.while_time_passes(asked).await;
    for (name, text) in [
        ("mapped_job:gone", "The product has no job \"gone\"."),
        ("mapped_fields", "no longer active"),
        ("source", "Greenhouse has no source 9."),
        ("tags", "is listed twice"),
    ] {
        let found = checks.iter().find(|check| check.name == name).unwrap();
        assert_eq!(found.state, CheckState::Problem, "{found:?}");
        assert!(found.text.contains(text), "{found:?}");
    }
}

#[tokio::test]
async fn health_warns_while_failed_pushes_exist() {
    let world = World::new().await;
    world.greenhouse.fail("POST /v3/candidates", Fault::Refused);
    let view = world.pushed(&world.assessed("a-1")).await;
    assert_eq!(view.state, "failed", "{view:?}");
    let checks = world.push.checks_of_store(&world.account).await;
    let found = checks.iter().find(|check| check.name == "failed_pushes");
    let found = found.unwrap_or_else(|| panic!("{checks:?}"));
    assert_eq!(found.state, CheckState::Warning);
    assert_eq!(found.text, "1 push failed.");
}
