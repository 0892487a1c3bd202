//! Golden JSON for every body that is written.

use bytes::Bytes;
use greenhouse_core::{
    ApplicationId, CandidateId, JobId, StageId,
    settings::{NoteVisibility, ReportAttachment},
};
use greenhouse_harvest::api::{
    ApplicationFilter, AttachmentFilter, CandidateFilter, JobFilter, JobInterviewStageFilter,
    NewApplication, NewAttachment, NewCandidate, NewNote, NoteFilter, UserFilter,
};
use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path},
};

use crate::support::{client, header, requests_to, server, with_tokens};

async fn taking(server: &MockServer, at: &str, answer: Value) {
    Mock::given(method("POST"))
        .and(path(at))
        .respond_with(ResponseTemplate::new(201).set_body_json(answer))
        .mount(server)
        .await;
}

async fn sent(server: &MockServer, at: &str) -> Value {
    let requests = requests_to(server, at).await;
    assert_eq!(header(&requests[0], "content-type"), "application/json");
    requests[0].body_json().unwrap()
}

const CANDIDATE: CandidateId = CandidateId::new(7_310_442_002);
const APPLICATION: ApplicationId = ApplicationId::new(8_120_034_002);
const JOB: JobId = JobId::new(6_409_551_002);
const STAGE: StageId = StageId::new(5_120_077_002);

#[tokio::test]
async fn a_candidate_is_written_with_and_without_application() {
    for (new, application) in [
        (
            NewCandidate::new("Mira", "Okafor", "mira@example.org"),
            None,
        ),
        (
            NewCandidate::new("Mira", "Okafor", "mira@example.org").applying(JOB, None),
            Some(json!({"job_id": 6_409_551_002_i64})),
        ),
        (
            NewCandidate::new("Mira", "Okafor", "mira@example.org").applying(JOB, Some(STAGE)),
            Some(json!({"job_id": 6_409_551_002_i64, "initial_stage_id": 5_120_077_002_i64})),
        ),
    ] {
        let server = server().await;
        with_tokens(&server).await;
        taking(&server, "/v3/candidates", json!({"id": 1})).await;
        client(&server).create_candidate(&new).await.unwrap();
        let mut golden = json!({
            "first_name": "Mira",
            "last_name": "Okafor",
            "email_addresses": [{"value": "mira@example.org", "type": "personal"}],
        });
        if let Some(application) = application {
            golden["application"] = application;
        }
        assert_eq!(sent(&server, "/v3/candidates").await, golden);
    }
}

#[tokio::test]
async fn other_bodies_match_the_documentation() {
    let server = server().await;
    with_tokens(&server).await;
    let client = client(&server);
    for at in ["/v3/applications", "/v3/attachments", "/v3/notes"] {
        taking(&server, at, json!({"id": 1})).await;
    }

    let application = NewApplication::new(CANDIDATE, JOB, Some(STAGE));
    client.create_application(&application).await.unwrap();
    assert_eq!(
        sent(&server, "/v3/applications").await,
        json!({"candidate_id": 7_310_442_002_i64, "job_id": 6_409_551_002_i64, "initial_stage_id": 5_120_077_002_i64})
    );

    let pdf = Bytes::from_static(b"%PDF-1.4\n\xff");
    let report = NewAttachment::new(
        APPLICATION,
        "assessment-3f9c.pdf",
        ReportAttachment::TakeHomeTest,
        pdf,
    );
    client.create_attachment(&report).await.unwrap();
    assert_eq!(
        sent(&server, "/v3/attachments").await,
        json!({
            "application_id": 8_120_034_002_i64, "filename": "assessment-3f9c.pdf", "type": "take_home_test",
            "content": "JVBERi0xLjQK/w==",
        })
    );

    let note = NewNote::new(
        CANDIDATE,
        APPLICATION,
        NoteVisibility::AdminOnly,
        "Yes (72)\n[ref 3f9c]",
    );
    client.create_note(&note).await.unwrap();
    assert_eq!(
        sent(&server, "/v3/notes").await,
        json!({
            "candidate_id": 7_310_442_002_i64, "application_id": 8_120_034_002_i64, "note_type": "NOTE",
            "visibility": "admin_only", "body": "Yes (72)\n[ref 3f9c]",
        })
    );
}

#[tokio::test]
async fn filters_match_the_documentation() {
    let server = server().await;
    with_tokens(&server).await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!([])))
        .mount(&server)
        .await;
    let client = client(&server);
    let email = CandidateFilter::new().email("mira+jobs@example.org");
    client.candidates(&email).all().await.unwrap();
    let two = ApplicationFilter::new().ids([APPLICATION, ApplicationId::new(2)]);
    client.applications(&two).all().await.unwrap();
    let pair = ApplicationFilter::new()
        .candidate_ids([CANDIDATE])
        .job_ids([JOB]);
    client.applications(&pair).all().await.unwrap();
    let reports = AttachmentFilter::new().application_ids([APPLICATION]);
    client.attachments(&reports).all().await.unwrap();
    let notes = NoteFilter::new().application_ids([APPLICATION]);
    client.notes(&notes).all().await.unwrap();
    client
        .jobs(&JobFilter::new().ids([JOB]))
        .all()
        .await
        .unwrap();
    let stages = JobInterviewStageFilter::new().job_ids([JOB]);
    client.job_interview_stages(&stages).all().await.unwrap();
    client
        .users(&UserFilter::new().show_service_accounts(true))
        .all()
        .await
        .unwrap();

    let asked = server.received_requests().await.unwrap();
    let asked: Vec<String> = asked
        .iter()
        .filter(|request| request.method == "GET")
        .map(|request| {
            let query: Vec<_> = request.url.query_pairs().collect();
            let query: Vec<_> = query
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            format!("{}?{}", request.url.path(), query.join("&"))
        })
        .collect();
    assert_eq!(
        asked,
        [
            "/v3/candidates?email=mira+jobs@example.org&per_page=500",
            "/v3/applications?ids=8120034002,2&per_page=500",
            "/v3/applications?candidate_ids=7310442002&job_ids=6409551002&per_page=500",
            "/v3/attachments?application_ids=8120034002&per_page=500",
            "/v3/notes?application_ids=8120034002&per_page=500",
            "/v3/jobs?ids=6409551002&per_page=500",
            "/v3/job_interview_stages?job_ids=6409551002&per_page=500",
            "/v3/users?show_service_accounts=true&per_page=500",
        ]
    );
}
