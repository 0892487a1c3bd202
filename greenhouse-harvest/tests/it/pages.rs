use greenhouse_harvest::{Error, JobFilter, PagingProblem};
use serde_json::json;
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{path, query_param, query_param_is_missing},
};

use crate::support::{client, requests_to, server, with_tokens};

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
async fn a_link_that_leads_astray_is_refused() {
    for (link, problem) in [
        (
            r#"<https://elsewhere.example/v3/jobs?cursor=b>; rel="next""#,
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
        page(&server, None, 3, Some(link.to_owned())).await;
        let jobs = client(&server).jobs(&JobFilter::default()).all().await;
        assert!(
            matches!(jobs, Err(Error::Paging { problem: found, .. }) if found == problem),
            "{link}"
        );
    }
}

#[tokio::test]
async fn pages_that_go_in_circles_end() {
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
