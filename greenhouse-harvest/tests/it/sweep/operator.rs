//! Operator requests other than pushes.

use greenhouse_core::{
    AssessmentId, HookKey, JobId, ScenarioId, StageId,
    platform::AssessmentState,
    settings::SyncSettings,
    stage_test::StageTest,
    store::{Changes, LogStatus, Records, Write},
};

use serde_json::json;

use super::{Fault, Stage, StoryResult, stage::world};
use crate::support::{
    desk,
    greenhouse::{Fault::Refused, JOB, STAGE},
    world::WorldOptions,
};

pub(super) async fn the_log(fault: Fault) -> StoryResult {
    let stage = failed().await;
    stage.failing_store.plan(fault);
    let (_, answer) = stage.operate("GET", "sync-log").await;
    assert_eq!(answer["entries"][0]["retry"], true);
    stage.end().await
}

pub(super) async fn an_entry(fault: Fault) -> StoryResult {
    let stage = failed().await;
    stage.failing_store.plan(fault);
    let (_, answer) = stage.operate("GET", "sync-log/1").await;
    assert_eq!(answer["retry"], true);
    stage.end().await
}

/// Health responds even if the store fails, and reports that failure.
pub(super) async fn the_health(fault: Fault) -> StoryResult {
    let stage = failed().await;
    let record = stage.store.account(&stage.account).await.unwrap();
    let mut record = record.unwrap();
    let sync = SyncSettings::new(
        HookKey::new("0123456789abcdef"),
        vec!["a good secret".into()],
    );
    record.settings.sync = Some(sync.unwrap());
    let push = record.settings.push.as_mut().unwrap();
    let (job, tested) = (JobId::new(JOB), StageId::new(STAGE));
    push.stage_tests = vec![StageTest::new(job, tested, ScenarioId::new("logic"))];
    let mut changes = Changes::none();
    changes.account = Some(Write::Put(record));
    stage.apply(changes).await;
    stage.failing_store.plan(fault);
    let (mut status, answer) = stage.operate("GET", "health").await;
    if stage.failing_store.failed().is_some() {
        assert_eq!((status, &answer["state"]), (200, &"problem".into()));
        let checks = answer["checks"].as_array().unwrap();
        let said = checks
            .iter()
            .find(|check| check["remedy"] == "Check the database.");
        assert!(said.unwrap()["text"].as_str().unwrap().contains("store"));
        stage.answers.borrow_mut().clear();
        (status, _) = stage.operate("GET", "health").await;
    }
    assert_eq!(status, 200);
    stage.end().await
}

pub(super) async fn the_settings(fault: Fault) -> StoryResult {
    let stage = Stage::new(fault);
    let (_, answer) = stage.operate("GET", "settings/push").await;
    assert_eq!(answer["version"], 1);
    stage.end().await
}

/// An operator who receives no response reads the settings, and saves again only if they were not
/// saved.
pub(super) async fn new_settings(fault: Fault) -> StoryResult {
    let world = world(WorldOptions::default());
    desk::set_up(&world);
    let stage = Stage::begin(world, fault);
    let wanted = json!(["Assessed"]);
    for _ in 0..3 {
        let (_, read) = stage.operate("GET", "settings/push").await;
        let mut settings = read["settings"].clone();
        if settings["tags"] == wanted {
            break;
        }
        settings["tags"] = wanted.clone();
        let body = json!({ "version": read["version"], "settings": settings }).to_string();
        let saved = stage.operator("PUT", "settings/push", &body);
        let (status, _, answer) = stage.while_time_passes(saved).await;
        stage.failing_store.heal();
        assert!(matches!(status, 200 | 503), "{status} {answer}");
        assert!(
            status == 200 || stage.failing_store.failed().is_some(),
            "{answer}"
        );
    }
    stage.answers.borrow_mut().clear();
    let (_, saved) = stage.operate("GET", "settings/push").await;
    assert_eq!(
        (&saved["version"], &saved["settings"]["tags"]),
        (&json!(2), &wanted)
    );
    stage.end().await
}

pub(super) async fn the_choices(fault: Fault) -> StoryResult {
    let world = world(WorldOptions::default());
    desk::set_up(&world);
    let stage = Stage::begin(world, fault);
    for choice in [
        "jobs",
        "stages?job=6409551002",
        "users",
        "fields",
        "sources",
    ] {
        let (status, answer) = stage.operate("GET", &format!("choices/{choice}")).await;
        assert_eq!(status, 200, "{answer}");
    }
    stage.end().await
}

pub(super) async fn a_retry_from_the_log(fault: Fault) -> StoryResult {
    let stage = failed().await;
    stage.failing_store.plan(fault);
    let id = AssessmentId::new("a-1");
    let answer = stage.press(&id, "sync-log/1/retry", "").await;
    // Once the push is done, its entry is no longer failed, and another retry is refused.
    assert_eq!(answer["error"]["code"], "not_failed", "{answer}");
    assert_eq!(stage.entries().await[0].2, LogStatus::Done);
    assert_eq!(stage.greenhouse.counts(), [1, 1, 1, 1]);
    stage.end().await
}

pub(super) async fn a_push_of_an_incomplete_assessment(fault: Fault) -> StoryResult {
    let stage = Stage::new(fault);
    let id = stage.assessed_as("a-1", |it| it.state = AssessmentState::Started);
    let answer = stage.push(&id).await;
    assert_eq!(answer["error"]["code"], "not_completed");
    stage.notify(&id).await;
    stage.settles().await;
    stage.end().await
}

pub(super) async fn a_push_of_an_unknown_assessment(fault: Fault) -> StoryResult {
    let stage = Stage::new(fault);
    let answer = stage.push(&AssessmentId::new("strange")).await;
    assert_eq!(answer["error"]["code"], "not_found");
    let (status, _) = stage.operate("GET", "sync-log/9").await;
    assert_eq!(status, 404);
    stage.end().await
}

/// A world in which Greenhouse has refused a push once.
async fn failed() -> Stage {
    let stage = Stage::new(None);
    stage.greenhouse.fail("POST /v3/candidates", Refused);
    let id = stage.assessed("a-1");
    let answer = stage.push(&id).await;
    assert_eq!(answer["error"]["code"], "refused", "{answer}");
    stage
}
