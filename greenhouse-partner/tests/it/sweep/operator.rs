//! Operator requests.

use greenhouse_core::store::{LogSubject, NoticeState};
use http::{Method, StatusCode};
use serde_json::json;

use super::{Fault, Stage, StoryResult, endpoints::path_of};
use crate::support::{Answer, World};

pub(super) async fn the_log(fault: Fault) -> StoryResult {
    let (stage, _) = with_a_failed_notice(fault).await;
    let answer = stage.operate("GET", "sync-log?limit=2", "").await;
    assert_eq!(answer.json()["entries"].as_array().unwrap().len(), 2);
    stage.end().await
}

pub(super) async fn an_entry(fault: Fault) -> StoryResult {
    let (stage, entry) = with_a_failed_notice(fault).await;
    let answer = stage.operate("GET", &format!("sync-log/{entry}"), "").await;
    assert_eq!(answer.json()["retry"], true);
    stage.end().await
}

pub(super) async fn the_health(fault: Fault) -> StoryResult {
    let (stage, _) = with_a_failed_notice(fault).await;
    asks_for_health(&stage).await;
    stage.end().await
}

pub(super) async fn the_health_of_a_silent_account(fault: Fault) -> StoryResult {
    let world = World::new();
    let ping = json!({ "action": "ping", "payload": {} });
    assert_eq!(world.deliver("e1", &ping).await.status, 200);
    world.link("as-1", 11, 22).await;
    world.tick(8 * 24 * 60 * 60);
    let stage = Stage::begin(world, fault);
    let health = asks_for_health(&stage).await;
    assert!(
        health.contains("although candidates were pushed"),
        "{health}"
    );
    stage.end().await
}

/// Health responds even if the store fails, and reports that failure.
async fn asks_for_health(stage: &Stage) -> String {
    let mut answer = stage.operate("GET", "health", "").await;
    if stage.failing_store.failed().is_some() {
        let checks = answer.json()["checks"].clone();
        assert_eq!(checks[0]["name"], "store", "{checks}");
        assert_eq!(checks[0]["state"], "problem");
        stage.forget_answers();
        answer = stage.operate("GET", "health", "").await;
    }
    assert_eq!(answer.status, 200);
    answer.text()
}

pub(super) async fn the_retry_of_a_notice(fault: Fault) -> StoryResult {
    let (stage, entry) = with_a_failed_notice(fault).await;
    let path = format!("sync-log/{entry}/retry");
    let answer = stage.operate("POST", &path, "").await;
    // An operator who receives no response retries. The response may then be that the entry has not
    // failed.
    let again = stage.failing_store.failed() == Some("StoreWriter::apply");
    assert!(answer.status == 202 || (again && answer.status == 409));
    stage.forget_answers();
    stage.settles().await;
    assert_eq!(
        stage.log().await.pop().unwrap().entry.status.as_str(),
        "done"
    );
    stage.end().await
}

pub(super) async fn the_retry_of_what_has_not_failed(fault: Fault) -> StoryResult {
    let (stage, entry) = with_a_failed_notice(fault).await;
    let path = format!("sync-log/{}/retry", entry - 1);
    assert_eq!(stage.operate("POST", &path, "").await.status, 409);
    stage.end().await
}

pub(super) async fn a_preview(fault: Fault) -> StoryResult {
    let stage = Stage::begin(World::new(), fault);
    let thresholds =
        json!({ "thresholds": { "strong_yes": 80, "yes": 60, "mixed": 40, "no": 20 } });
    let answer = stage
        .operate("POST", "preview", &thresholds.to_string())
        .await;
    assert_eq!(answer.status, 200);
    stage.end().await
}

pub(super) async fn the_set_up(fault: Fault) -> StoryResult {
    let stage = Stage::begin(World::new(), fault);
    let answer = stage.operate("GET", "set-up", "").await;
    assert_eq!(answer.status, 200);
    stage.end().await
}

/// An operator who receives no response retries. The retry does not revoke later links.
pub(super) async fn report_links_are_revoked(fault: Fault) -> StoryResult {
    let world = World::new();
    let (id, assessment) = world.finished().await;
    let path = format!("/api/greenhouse/report/{assessment}");
    let old = path_of(&world.get(&path).await);
    let stage = Stage::begin(world, fault).knows(&id);
    let revoke = format!("report-links/{assessment}/revoke");
    assert_eq!(stage.operate("POST", &revoke, "").await.status, 204);
    assert_eq!(stage.browse(&old).await.status, 410);
    stage.end().await
}

pub(super) async fn the_keys(fault: Fault) -> StoryResult {
    let world = World::new();
    assert_eq!(world.get("/api/greenhouse/list-tests").await.status, 200);
    world.run_due().await;
    let stage = Stage::begin(world, fault);
    let answer = stage.operate("GET", "keys", "").await.json();
    let used = &answer["keys"][0]["last_used_at"];
    assert_eq!(used, "2026-11-23T10:00:00Z");
    stage.end().await
}

pub(super) async fn a_key_is_created(fault: Fault) -> StoryResult {
    let stage = Stage::begin(World::new(), fault);
    let minted = stage.operate("POST", "keys", "").await;
    works(&stage, &minted, 201).await;
    stage.end().await
}

pub(super) async fn a_key_is_rotated(fault: Fault) -> StoryResult {
    let stage = Stage::begin(World::new(), fault);
    let path = format!("keys/{}/rotate", own_key(&stage).await);
    let minted = stage.operate("POST", &path, "").await;
    works(&stage, &minted, 201).await;
    assert_eq!(stage.get("/api/greenhouse/list-tests").await.status, 200);
    stage.tick(8 * 24 * 60 * 60);
    assert_eq!(stage.get("/api/greenhouse/list-tests").await.status, 401);
    stage.end().await
}

/// An operator who receives no response retries. The response may then be that the key does not
/// exist.
pub(super) async fn a_key_is_revoked(fault: Fault) -> StoryResult {
    let stage = Stage::begin(World::new(), fault);
    let path = format!("keys/{}", own_key(&stage).await);
    let revoked = stage.operate("DELETE", &path, "").await;
    let again = stage.failing_store.failed() == Some("StoreWriter::apply");
    assert!(revoked.status == 200 || (again && revoked.status == 404));
    stage.forget_answers();
    assert_eq!(stage.get("/api/greenhouse/list-tests").await.status, 401);
    stage.end().await
}

async fn own_key(stage: &Stage) -> String {
    let keys = stage.operate("GET", "keys", "").await.json();
    stage.forget_answers();
    keys["keys"][0]["id"].as_str().unwrap().to_owned()
}

/// Asserts that the response shows a key that works. It is random, so the response is not compared.
async fn works(stage: &Stage, minted: &Answer, status: u16) {
    assert_eq!(minted.status, status);
    let minted = minted.json();
    let key = minted["key"].as_str().unwrap();
    let path = "/api/greenhouse/list-tests";
    let ask = || stage.request(Method::GET, path, Some(key), "");
    let mut opened = ask().await;
    stage.failing_store.heal();
    if opened.status == 503 {
        opened = ask().await;
    }
    assert_eq!(opened.status, 200);
    stage.forget_answers();
}

/// A world in which Greenhouse has refused a notice, and its sync log entry.
async fn with_a_failed_notice(fault: Fault) -> (Stage, i64) {
    let world = World::new();
    let (id, assessment) = world.finished().await;
    let changed = world
        .service
        .assessment_changed(&world.account, &assessment);
    changed.await.unwrap();
    world.transport.answer(StatusCode::FORBIDDEN, "");
    world.run_due().await;
    assert_eq!(world.invitation(&id).await.notice, NoticeState::Refused);
    let entry = world.log().await.pop().unwrap();
    assert_eq!(entry.entry.subject, LogSubject::Notice);
    (Stage::begin(world, fault).knows(&id), entry.id.value())
}
