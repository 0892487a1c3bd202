use serde_json::json;

use crate::support::Scene;

fn next(link: Option<&str>) -> Option<String> {
    let link = link.unwrap();
    (!link.is_empty()).then(|| {
        link.strip_prefix('<')
            .unwrap()
            .strip_suffix(r#">; rel="next""#)
            .unwrap()
            .to_owned()
    })
}

#[tokio::test]
async fn pages_follow_the_link_highest_id_first_and_the_last_link_is_empty() {
    let scene = Scene::new().await;
    let mut candidates: Vec<i64> = (0..5)
        .map(|number| {
            scene
                .greenhouse
                .seed_candidate("A", "B", &format!("{number}@example.org"))
        })
        .collect();
    candidates.reverse();
    let mut seen = Vec::new();
    let mut url = Some("/v3/candidates?per_page=2".to_owned());
    let mut pages = 0;
    while let Some(at) = url {
        let reply = scene.harvest.get(&at).await;
        seen.extend(reply.ids());
        url = next(reply.header("link"));
        assert!(
            url.iter()
                .all(|url| url.starts_with(scene.greenhouse.url()))
        );
        pages += 1;
    }
    assert_eq!((pages, seen), (3, candidates));
}

#[tokio::test]
async fn a_cursor_keeps_its_filters_and_allows_no_other_parameter() {
    let scene = Scene::new().await;
    let other = scene.greenhouse.seed_job("Other", &["Only"]);
    let stages = scene
        .harvest
        .get(&format!(
            "/v3/job_interview_stages?job_ids={}&per_page=2",
            scene.job.job_id
        ))
        .await;
    let next = next(stages.header("link")).unwrap();
    assert!(
        !next
            .split_once("cursor=")
            .unwrap()
            .1
            .contains(['=', '+', '/']),
        "percent-encoded"
    );
    let rest = scene.harvest.get(&next).await;
    assert_eq!(rest.ids(), [scene.stage("Application Review")]);
    assert!(!rest.ids().contains(&other.stages[0].id));

    let refused = scene.harvest.get(&format!("{next}&per_page=2")).await;
    assert_eq!(refused.status, 422);
    let text = "When passing a cursor, do not include other query params.";
    assert_eq!(
        refused.json(),
        json!({ "message": "Unprocessable Content", "errors": [text] })
    );
    assert_eq!(
        scene.harvest.get("/v3/jobs?cursor=nonsense").await.status,
        422
    );
}

#[tokio::test]
async fn per_page_is_1_to_500() {
    let scene = Scene::new().await;
    let refused = scene.harvest.get("/v3/jobs?per_page=600").await;
    assert_eq!(refused.status, 422);
    assert_eq!(
        refused.json()["errors"],
        json!([{ "per_page": "`600` number is greater than: 500" }])
    );
    assert_eq!(scene.harvest.get("/v3/jobs?per_page=0").await.status, 422);
    assert_eq!(scene.harvest.get("/v3/jobs?per_page=500").await.status, 200);
}

#[tokio::test]
async fn an_unknown_parameter_is_422_by_name() {
    let scene = Scene::new().await;
    let refused = scene.harvest.get("/v3/candidates?job_id=1").await;
    assert_eq!(refused.status, 422);
    assert_eq!(
        refused.json()["errors"],
        json!(["Invalid query params: job_id"])
    );
}

#[tokio::test]
async fn ids_accept_at_most_50_values_and_no_match_is_an_empty_list() {
    let scene = Scene::new().await;
    assert_eq!(
        scene.harvest.get("/v3/jobs?ids=1,2").await.json(),
        json!([])
    );
    assert_eq!(
        scene
            .harvest
            .get(&format!("/v3/jobs?ids=1,{}", scene.job.job_id))
            .await
            .ids(),
        [scene.job.job_id]
    );
    let many = |count: usize| format!("/v3/jobs?ids={}", vec!["1"; count].join(","));
    assert_eq!(scene.harvest.get(&many(50)).await.status, 200);
    assert_eq!(scene.harvest.get(&many(51)).await.status, 422);
}

#[tokio::test]
async fn times_are_filtered_in_both_spellings_but_not_created_and_updated_together() {
    let scene = Scene::new().await;
    for (query, found) in [
        ("created_at=gte|2026-06-02T12:00:00Z", 1),
        (
            "created_at[gte]=2026-06-02T12:00:00Z&created_at[lt]=2026-06-02T12:00:01Z",
            1,
        ),
        ("created_at=lt%7C2026-06-02T12:00:00Z", 0),
        ("updated_at[gt]=2026-06-03T00:00:00Z", 0),
    ] {
        assert_eq!(
            scene
                .harvest
                .get(&format!("/v3/jobs?{query}"))
                .await
                .ids()
                .len(),
            found,
            "{query}"
        );
    }
    let both = "/v3/jobs?created_at=gte|2026-06-02T12:00:00Z&updated_at=gte|2026-06-02T12:00:00Z";
    assert_eq!(scene.harvest.get(both).await.status, 422);
    assert_eq!(
        scene
            .harvest
            .get("/v3/jobs?created_at=2026-06-02T12:00:00Z")
            .await
            .status,
        422
    );
}

#[tokio::test]
async fn fields_selects_members() {
    let scene = Scene::new().await;
    let rows = scene.harvest.get("/v3/jobs?fields=id,name").await.json();
    assert_eq!(
        rows,
        json!([{ "id": scene.job.job_id, "name": "Account Executive" }])
    );
}

#[tokio::test]
async fn a_list_has_the_recorded_headers_and_ends_with_a_newline() {
    let scene = Scene::new().await;
    let reply = scene.harvest.get("/v3/jobs").await;
    assert_eq!(
        reply.header("content-type"),
        Some("application/json;charset=utf-8")
    );
    assert_eq!(
        reply.header("cache-control"),
        Some("max-age=0, private, must-revalidate")
    );
    assert_eq!(reply.header("vary"), Some("Accept,Accept-Encoding"));
    assert!(reply.header("x-runtime").is_some());
    assert!(reply.header("etag").unwrap().starts_with("W/"));
    assert!(reply.body.ends_with(b"]\n"));
}

#[tokio::test]
async fn a_job_and_its_stages_have_the_documented_rows() {
    let scene = Scene::new().await;
    let at = "2026-06-02T12:00:00.118Z";
    assert_eq!(
        scene.harvest.get("/v3/jobs?status=open").await.json(),
        json!([{
            "id": scene.job.job_id, "name": "Account Executive", "requisition_id": null, "notes": null, "confidential": false,
            "status": "open", "opened_at": at, "closed_at": null, "is_template": null, "copied_from_id": null,
            "department_id": null, "office_ids": [], "custom_fields": {}, "created_at": at, "updated_at": at,
        }])
    );
    let stages = scene
        .harvest
        .get(&format!(
            "/v3/job_interview_stages?job_ids={}&active=true",
            scene.job.job_id
        ))
        .await
        .json();
    let order: Vec<_> = stages
        .as_array()
        .unwrap()
        .iter()
        .map(|stage| stage["sort_order"].as_i64().unwrap())
        .collect();
    assert_eq!(order, [2, 1, 0]);
    assert_eq!(
        stages[2],
        json!({
            "id": scene.stage("Application Review"), "job_id": scene.job.job_id, "name": "Application Review",
            "sort_order": 0, "active": true, "created_at": at, "updated_at": at,
        })
    );
}

#[tokio::test]
async fn users_hide_service_accounts_by_default() {
    let scene = Scene::new().await;
    let users = scene.harvest.get("/v3/users").await;
    assert_eq!(
        users.ids(),
        [scene.greenhouse.job_admin(), scene.greenhouse.site_admin()]
    );
    assert_eq!(
        scene
            .harvest
            .get("/v3/users?show_service_accounts=true")
            .await
            .ids()
            .len(),
        3
    );
    let admin = scene
        .harvest
        .get("/v3/users?primary_email=SITE.ADMIN@greenhouse.example")
        .await
        .json();
    assert_eq!(
        (&admin[0]["site_admin"], &admin[0]["id"]),
        (&json!(true), &json!(scene.greenhouse.site_admin()))
    );
}
