use http::Method;
use serde_json::{Value, json};

use crate::support::Set;

#[tokio::test]
async fn a_tag_is_made_applied_and_taken_away_by_its_rows() {
    let set = Set::new().await;
    let candidate = set.greenhouse.seed_candidate("A", "B", "a@example.org");
    let tag = set
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
        assert_eq!(set.harvest.post(path, refused).await.status, 422);
    }
    let body = json!({ "candidate_id": candidate, "candidate_tag_id": tag });
    let applied = set.harvest.post(path, body.clone()).await;
    assert_eq!(applied.status, 201);
    let row = applied.json();
    assert_eq!(
        (&row["candidate_id"], &row["candidate_tag_id"]),
        (&json!(candidate), &tag)
    );
    assert_eq!(set.harvest.post(path, body).await.status, 422);
    assert_eq!(
        set.greenhouse.candidate(candidate).unwrap().tags,
        ["assessed"]
    );
    let found = format!("{path}?candidate_ids={candidate}&candidate_tag_ids={tag}");
    assert_eq!(set.harvest.get(&found).await.json(), json!([row]));

    let removed = set
        .harvest
        .call(Method::DELETE, &format!("{path}/{}", row["id"]), None)
        .await;
    assert_eq!(removed.status, 200);
    assert!(removed.json()["message"].is_string());
    assert!(set.greenhouse.candidate(candidate).unwrap().tags.is_empty());
}

#[tokio::test]
async fn tags_of_a_candidate_are_rows_as_well() {
    let set = Set::new().await;
    let body = json!({ "first_name": "A", "last_name": "B", "tags": ["one", "two"] });
    let candidate = set.harvest.post("/v3/candidates", body).await.json()["candidate"].clone();
    assert_eq!(set.harvest.get("/v3/candidate_tags").await.ids().len(), 2);
    let path = format!("/v3/candidates/{}", candidate["id"]);
    set.harvest
        .patch(&path, json!({ "tags": ["two", "three"] }))
        .await;
    let names: Vec<Value> = set
        .greenhouse
        .records("candidate_tags")
        .iter()
        .map(|tag| tag.members["name"].clone())
        .collect();
    assert_eq!(names, ["one", "two", "three"]);
    assert_eq!(
        set.harvest
            .get("/v3/applied_candidate_tags")
            .await
            .ids()
            .len(),
        2
    );
    assert_eq!(
        set.harvest
            .get("/v3/candidates?tag=three")
            .await
            .ids()
            .len(),
        1
    );
}
