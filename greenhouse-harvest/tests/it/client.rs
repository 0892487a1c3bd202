use std::{net::TcpListener, sync::Arc, time::Duration};

use greenhouse_core::{
    CandidateId, Clock, JobId, TransportErrorKind, later, settings::HarvestCredential,
    testing::ManualClock,
};
use greenhouse_harvest::{
    Error, HarvestClient, HarvestEndpoints, ReqwestTransport,
    api::{JobFilter, NewApplication},
};
use serde_json::json;
use wiremock::{
    Mock, ResponseTemplate,
    matchers::{method, path},
};

use crate::support::{SECRET, client, client_on, requests_to, server, start, with_tokens};

fn new() -> NewApplication {
    NewApplication::new(CandidateId::new(1), JobId::new(2), None)
}

#[tokio::test]
async fn a_write_without_a_clear_response_is_ambiguous_and_sent_once() {
    for status in [408, 500, 502, 503, 504] {
        let server = server().await;
        with_tokens(&server).await;
        Mock::given(method("POST"))
            .and(path("/v3/applications"))
            .respond_with(ResponseTemplate::new(status))
            .expect(1)
            .mount(&server)
            .await;
        let error = client(&server).create_application(&new()).await;
        let error = error.unwrap_err();
        assert!(error.outcome_unknown(), "{error:?}");
        assert!(matches!(error, Error::Ambiguous { status: Some(found), .. } if found == status));
    }
}

#[tokio::test]
async fn a_write_that_takes_too_long_is_ambiguous() {
    let server = server().await;
    with_tokens(&server).await;
    Mock::given(path("/v3/applications"))
        .respond_with(ResponseTemplate::new(201).set_delay(Duration::from_secs(60)))
        .expect(1)
        .mount(&server)
        .await;
    let client = client(&server).with_write_deadline(Duration::from_millis(100));
    let error = client.create_application(&new()).await.unwrap_err();
    assert!(error.outcome_unknown(), "{error:?}");
}

#[tokio::test]
async fn an_unreadable_success_is_ambiguous() {
    let server = server().await;
    with_tokens(&server).await;
    Mock::given(path("/v3/applications"))
        .respond_with(ResponseTemplate::new(201).set_body_string(r#"{"id":"#))
        .expect(1)
        .mount(&server)
        .await;
    let error = client(&server)
        .create_application(&new())
        .await
        .unwrap_err();
    assert!(matches!(
        error,
        Error::Ambiguous {
            status: Some(201),
            ..
        }
    ));
}

#[tokio::test]
async fn an_unsent_write_is_not_ambiguous() {
    let server = server().await;
    with_tokens(&server).await;
    let unused = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let api = format!("http://{unused}").parse().unwrap();
    let endpoints = HarvestEndpoints::new(api, server.uri().parse().unwrap()).unwrap();
    let credential = HarvestCredential::new("client-7", Some(SECRET.into())).unwrap();
    let client = HarvestClient::builder(
        Arc::new(ReqwestTransport::direct().unwrap()),
        Arc::new(ManualClock::self_advancing(start())),
        credential,
    )
    .endpoints(endpoints)
    .build();
    let error = client.create_application(&new()).await.unwrap_err();
    assert!(!error.outcome_unknown());
    let Error::Transport { source, .. } = error else {
        panic!("{error:?}");
    };
    assert_eq!(source.kind(), TransportErrorKind::Unreachable);
}

#[tokio::test]
async fn a_read_is_retried_and_a_429_is_waited_for() {
    let server = server().await;
    with_tokens(&server).await;
    Mock::given(path("/v3/jobs"))
        .respond_with(ResponseTemplate::new(503))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(path("/v3/jobs"))
        .respond_with(ResponseTemplate::new(429).insert_header("retry-after", "17"))
        .up_to_n_times(1)
        .with_priority(10)
        .mount(&server)
        .await;
    Mock::given(path("/v3/jobs"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!([{"id": 1}])))
        .with_priority(20)
        .mount(&server)
        .await;
    let clock = Arc::new(ManualClock::self_advancing(start()));
    let client = client_on(&server, clock.clone());
    let jobs = client.jobs(&JobFilter::default()).all().await.unwrap();
    assert_eq!(jobs.len(), 1);
    let waited = clock.now().signed_duration_since(start());
    let waited = waited.num_milliseconds();
    assert!((17_250..=17_500).contains(&waited), "{waited}");
}

#[tokio::test]
async fn a_write_is_retried_only_after_a_429_and_within_its_deadline() {
    let server = server().await;
    with_tokens(&server).await;
    Mock::given(path("/v3/applications"))
        .respond_with(ResponseTemplate::new(429).insert_header("retry-after", "20"))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(path("/v3/applications"))
        .respond_with(ResponseTemplate::new(201).set_body_json(json!({"id": 9})))
        .with_priority(20)
        .mount(&server)
        .await;
    let clock = Arc::new(ManualClock::self_advancing(start()));
    let client = client_on(&server, clock).with_write_deadline(Duration::from_secs(30));

    let short = client.writing_until(later(start(), Duration::from_secs(45)));
    let error = short.create_application(&new()).await.unwrap_err();
    assert!(matches!(error, Error::OutOfTime { .. }), "{error:?}");
    assert_eq!(requests_to(&server, "/v3/applications").await.len(), 1);

    let long = short.writing_until(later(start(), Duration::from_secs(90)));
    assert_eq!(long.create_application(&new()).await.unwrap().id.value(), 9);
}
