//! What an operator asks beside the push.

use greenhouse_core::{AssessmentId, platform::AssessmentState, store::LogStatus};

use super::{Ended, Fault, Stage};
use crate::support::greenhouse::Fault::Refused;

pub(super) async fn the_log(fault: Fault) -> Ended {
    let stage = failed().await;
    stage.door.plan(fault);
    let (_, answer) = stage.operate("GET", "sync-log").await;
    assert_eq!(answer["entries"][0]["retry"], true);
    stage.end().await
}

pub(super) async fn an_entry(fault: Fault) -> Ended {
    let stage = failed().await;
    stage.door.plan(fault);
    let (_, answer) = stage.operate("GET", "sync-log/1").await;
    assert_eq!(answer["retry"], true);
    stage.end().await
}

/// Health answers even then: that the store failed is what it says.
pub(super) async fn the_health(fault: Fault) -> Ended {
    let stage = failed().await;
    stage.door.plan(fault);
    let (mut status, answer) = stage.operate("GET", "health").await;
    if stage.door.failed().is_some() {
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

pub(super) async fn a_retry_from_the_log(fault: Fault) -> Ended {
    let stage = failed().await;
    stage.door.plan(fault);
    let id = AssessmentId::new("a-1");
    let answer = stage.press(&id, "sync-log/1/retry", "").await;
    // Once it is done the entry is not failed any more, and a further press says so.
    assert_eq!(answer["error"]["code"], "not_failed", "{answer}");
    assert_eq!(stage.entries().await[0].2, LogStatus::Done);
    assert_eq!(stage.greenhouse.counts(), [1, 1, 1, 1]);
    stage.end().await
}

pub(super) async fn a_push_of_what_is_not_completed(fault: Fault) -> Ended {
    let stage = Stage::new(fault);
    let id = stage.assessed_as("a-1", |it| it.state = AssessmentState::Started);
    let answer = stage.push(&id).await;
    assert_eq!(answer["error"]["code"], "not_completed");
    stage.tell(&id).await;
    stage.settles().await;
    stage.end().await
}

pub(super) async fn a_push_of_what_is_not_there(fault: Fault) -> Ended {
    let stage = Stage::new(fault);
    let answer = stage.push(&AssessmentId::new("strange")).await;
    assert_eq!(answer["error"]["code"], "not_found");
    let (status, _) = stage.operate("GET", "sync-log/9").await;
    assert_eq!(status, 404);
    stage.end().await
}

/// A world in which Greenhouse has refused a push, once.
async fn failed() -> Stage {
    let stage = Stage::new(None);
    stage.greenhouse.fail("POST /v3/candidates", Refused);
    let id = stage.assessed("a-1");
    let answer = stage.push(&id).await;
    assert_eq!(answer["error"]["code"], "refused", "{answer}");
    stage
}
