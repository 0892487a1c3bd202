use futures_util::{StreamExt as _, TryStreamExt as _};
use greenhouse_core::JobId;
use greenhouse_harvest::{
    Error, PagingProblem, Route, UntypedCall,
    api::{JobFilter, TimeRange},
};
use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path, query_param, query_param_is_missing},
};

use crate::support::{client, header, requests_to, server, with_tokens};

async fn page(server: &MockServer, cursor: Option<&str>, id: i64, link: Option<String>) {
    let mut response = ResponseTemplate::new(200).set_body_json(json!([{"id": id}]));
    if let Some(link) = link {
        response = response.insert_header("link", link);
    }
    let mock = Mock::given(path("/v3/jobs"));
    let mock = match cursor {
        Some(cursor) => mock.and(query_param("cursor", cursor)),
        None => mock.and(query_param_is_missing("cursor")),
    };
    mock.respond_with(response).mount(server).await;
}

fn next(server: &MockServer, cursor: &str) -> String {
    format!(r#"<{}/v3/jobs?cursor={cursor}>; rel="next""#, server.uri())
}

#[tokio::test]
async fn pages_are_followed_as_linked_until_the_link_is_empty_or_absent() {
    for last in [Some(String::new()), None] {
        let server = server().await;
        with_tokens(&server).await;
        page(&server, None, 3, Some(next(&server, "b%3D"))).await;
        page(&server, Some("b="), 2, Some(next(&server, "c"))).await;
        page(&server, Some("c"), 1, last).await;
        let jobs = client(&server).jobs(&JobFilter::default()).all().await;
        let ids: Vec<i64> = jobs.unwrap().iter().map(|job| job.id.value()).collect();
        assert_eq!(ids, [3, 2, 1]);
        let asked = requests_to(&server, "/v3/jobs").await;
        assert_eq!(asked[1].url.query(), Some("cursor=b%3D"));
    }
}

#[tokio::test]
async fn a_link_to_another_host_is_refused() {
    for (link, problem) in [
        (
            r#"<https://elsewhere.example/v3/jobs?cursor=b>; rel="next""#,
            PagingProblem::ForeignOrigin,
        ),
        (
            "<http://me:secret@HOST/v3/jobs?cursor=b>; rel=next",
            PagingProblem::ForeignOrigin,
        ),
        (
            r#"</v3/jobs?cursor=b>; rel="next""#,
            PagingProblem::Unreadable,
        ),
        ("<https://x", PagingProblem::Unreadable),
    ] {
        let server = server().await;
        with_tokens(&server).await;
        let host = server.address().to_string();
        page(&server, None, 3, Some(link.replace("HOST", &host))).await;
        let jobs = client(&server).jobs(&JobFilter::default()).all().await;
        assert!(
            matches!(jobs, Err(Error::Paging { problem: found, .. }) if found == problem),
            "{link}"
        );
    }
}

#[tokio::test]
async fn circular_pages_end() {
    let server = server().await;
    with_tokens(&server).await;
    page(&server, None, 3, Some(next(&server, "b"))).await;
    page(&server, Some("b"), 2, Some(next(&server, "c"))).await;
    page(&server, Some("c"), 1, Some(next(&server, "b"))).await;
    let jobs = client(&server).jobs(&JobFilter::default()).all().await;
    assert!(matches!(
        jobs,
        Err(Error::Paging {
            problem: PagingProblem::Loop,
            ..
        })
    ));
}

#[tokio::test]
async fn rows_are_streamed_and_the_rest_of_a_page_is_available() {
    let server = server().await;
    with_tokens(&server).await;
    let link = next(&server, "b");
    Mock::given(path("/v3/jobs"))
        .and(query_param_is_missing("cursor"))
        .respond_with(
            ResponseTemplate::new(200)
                .set_body_json(json!([{"id": 5}, {"id": 4}, {"id": 3}]))
                .insert_header("link", link),
        )
        .mount(&server)
        .await;
    page(&server, Some("b"), 2, None).await;
    let mut jobs = client(&server).jobs(&JobFilter::new());
    assert_eq!(jobs.try_next().await.unwrap().unwrap().id.value(), 5);
    assert_eq!(requests_to(&server, "/v3/jobs").await.len(), 1);
    let rest = jobs.next_page().await.unwrap().unwrap();
    assert_eq!(
        rest.iter().map(|job| job.id.value()).collect::<Vec<_>>(),
        [4, 3]
    );

    // A page that is being read when the stream is dropped is not lost.
    let waiting = futures_util::poll!(jobs.next());
    assert!(waiting.is_pending());
    assert_eq!(jobs.next_page().await.unwrap().unwrap()[0].id.value(), 2);
    assert!(jobs.next().await.is_none());
    assert!(jobs.next_page().await.unwrap().is_none());
}

#[tokio::test]
async fn a_stream_ends_with_its_error_and_the_page_can_be_requested_again() {
    let server = server().await;
    with_tokens(&server).await;
    Mock::given(path("/v3/jobs"))
        .respond_with(ResponseTemplate::new(200).set_body_string("[{\"id\": 1}, {}]"))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    page(&server, None, 3, None).await;
    let mut jobs = client(&server).jobs(&JobFilter::new());
    let Some(Err(Error::Decode { path, .. })) = jobs.next().await else {
        panic!("the second row has no id");
    };
    assert_eq!(path, "[1]");
    assert!(jobs.next().await.is_none());
    assert_eq!(jobs.next_page().await.unwrap().unwrap()[0].id.value(), 3);
}

#[tokio::test]
async fn many_ids_are_requested_in_batches_and_no_ids_send_nothing() {
    let server = server().await;
    with_tokens(&server).await;
    Mock::given(path("/v3/jobs"))
        .respond_with(|request: &wiremock::Request| {
            let mut pairs = request.url.query_pairs();
            let ids = pairs.find(|(name, _)| name == "ids").unwrap().1;
            let rows = ids.split(',').map(|id| json!({"id": id}));
            ResponseTemplate::new(200).set_body_json(rows.collect::<Value>())
        })
        .mount(&server)
        .await;
    let client = client(&server);
    let many = JobFilter::new().ids((1..=120).map(JobId::new));
    let found = client.jobs(&many).all().await.unwrap();
    assert_eq!(found.len(), 120);
    assert_eq!(requests_to(&server, "/v3/jobs").await.len(), 3);
    let none = client.jobs(&JobFilter::new().ids([])).all().await.unwrap();
    assert!(none.is_empty());
    assert_eq!(requests_to(&server, "/v3/jobs").await.len(), 3);
}

#[tokio::test]
async fn an_invalid_filter_is_not_sent() {
    let server = server().await;
    let since = TimeRange::from("2026-01-01T00:00:00Z".parse().unwrap());
    let filter = JobFilter::new().created_at(since).updated_at(since);
    let refused = client(&server).jobs(&filter).all().await.unwrap_err();
    assert!(matches!(refused, Error::Construction { .. }), "{refused:?}");
}

#[tokio::test]
async fn untyped_calls_behave_like_typed_calls() {
    const CLOSE: Route = Route::patch("/v3/openings/{id}/parts/{id}", "harvest:openings:update");
    const OFFICES: Route = Route::get("/v3/offices", "harvest:offices:list");
    let server = server().await;
    with_tokens(&server).await;
    Mock::given(method("PATCH"))
        .and(path("/v3/openings/7/parts/a%2Fb"))
        .and(query_param("dry", "true"))
        .respond_with(ResponseTemplate::new(204))
        .mount(&server)
        .await;
    Mock::given(path("/v3/offices"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!([{"name": "Ghent"}])))
        .mount(&server)
        .await;
    let client = client(&server);
    let call = UntypedCall::new(CLOSE).id(7).id("a/b").query("dry", true);
    let answer = client.call(&call.body(json!({"status": "closed"}))).await;
    assert_eq!(answer.unwrap(), Value::Null);
    let sent = requests_to(&server, "/v3/openings/7/parts/a%2Fb").await;
    assert_eq!(
        sent[0].body_json::<Value>().unwrap(),
        json!({"status": "closed"})
    );
    assert!(header(&sent[0], "authorization").starts_with("Bearer "));

    let offices = client.list(&UntypedCall::new(OFFICES)).all().await.unwrap();
    assert_eq!(offices, [json!({"name": "Ghent"})]);
}
