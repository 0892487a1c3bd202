use http::Method;
use serde_json::{Value, json};

use crate::support::Scene;

#[tokio::test]
async fn a_tag_is_created_applied_and_removed_by_row() {
    let scene = Scene::new().await;
    let candidate = scene.greenhouse.seed_candidate("A", "B", "a@example.org");
    let tag = scene
        .harvest
        .post("/v3/candidate_tags", json!({ "name": "assessed" }))
        .await;
    assert_eq!(tag.status, 201);
    let tag = tag.json()["id"].clone();
    let path = "/v3/applied_candidate_tags";
    for refused in [
        json!({ "candidate_id": candidate, "tag": "assessed" }),
        json!({ "candidate_id": candidate, "tag_id": tag }),
    ] {
        assert_eq!(scene.harvest.post(path, refused).await.status, 422);
    }
    let body = json!({ "candidate_id": candidate, "candidate_tag_id": tag });
    let applied = scene.harvest.post(path, body.clone()).await;
    assert_eq!(applied.status, 201);
    let row = applied.json();
    assert_eq!(
        (&row["candidate_id"], &row["candidate_tag_id"]),
        (&json!(candidate), &tag)
    );
    assert_eq!(scene.harvest.post(path, body).await.status, 422);
    assert_eq!(
        scene.greenhouse.candidate(candidate).unwrap().tags,
        ["assessed"]
    );
    let found = format!("{path}?candidate_ids={candidate}&candidate_tag_ids={tag}");
    assert_eq!(scene.harvest.get(&found).await.json(), json!([row]));

    let removed = scene
        .harvest
        .call(Method::DELETE, &format!("{path}/{}", row["id"]), None)
        .await;
    assert_eq!(removed.status, 200);
    assert!(removed.json()["message"].is_string());
    assert!(
        scene
            .greenhouse
            .candidate(candidate)
            .unwrap()
            .tags
            .is_empty()
    );
}

#[tokio::test]
async fn tags_of_a_candidate_are_also_rows() {
    let scene = Scene::new().await;
    let body = json!({ "first_name": "A", "last_name": "B", "tags": ["one", "two"] });
    let candidate = scene.harvest.post("/v3/candidates", body).await.json()["candidate"].clone();
    assert_eq!(scene.harvest.get("/v3/candidate_tags").await.ids().len(), 2);
    let path = format!("/v3/candidates/{}", candidate["id"]);
    scene
        .harvest
        .patch(&path, json!({ "tags": ["two", "three"] }))
        .await;
    let names: Vec<Value> = scene
        .greenhouse
        .records("candidate_tags")
        .iter()
        .map(|tag| tag.members["name"].clone())
        .collect();
    assert_eq!(names, ["one", "two", "three"]);
    assert_eq!(
        scene
            .harvest
            .get("/v3/applied_candidate_tags")
            .await
            .ids()
            .len(),
        2
    );
    assert_eq!(
        scene
            .harvest
            .get("/v3/candidates?tag=three")
            .await
            .ids()
            .len(),
        1
    );
}
