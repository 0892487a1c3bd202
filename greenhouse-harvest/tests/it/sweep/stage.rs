//! The environment of a story: it repeats failed requests and lets time pass.

use std::{cell::RefCell, ops::Deref, time::Duration};

use chrono::TimeDelta;
use greenhouse_core::{
    AssessmentId, Background, Clock,
    store::{LogStatus, PushFailure, PushState, Records},
};
use serde_json::{Value, json};

use super::{
    Fault,
    ended::{Entry, StoryResult},
};
use crate::support::world::{World, WorldOptions};

/// A world whose story has begun. From now on the planned call fails.
pub(super) struct Stage {
    world: World,
    pub(super) answers: RefCell<Vec<String>>,
}

/// A world in which no request waits for a push, and in which lists lag behind writes by more than
/// a lease and less than the settle time.
pub(super) fn world(mut wishes: WorldOptions) -> World {
    wishes.config.endpoint_wait = Duration::ZERO;
    wishes.config.lease = Duration::from_secs(40);
    let world = World::in_process(wishes);
    let lag = (world.clock.clone(), TimeDelta::seconds(50));
    world.greenhouse.with(|state| state.lag = Some(lag));
    world
}

impl Stage {
    pub(super) fn begin(world: World, fault: Fault) -> Self {
        world.failing_store.plan(fault);
        Self {
            world,
            answers: RefCell::default(),
        }
    }

    /// Begins in a world with default options.
    pub(super) fn new(fault: Fault) -> Self {
        Self::begin(world(WorldOptions::default()), fault)
    }

    /// Requests a push, and repeats the request if the push was interrupted or is not settled.
    /// Returns the final response.
    pub(super) async fn push(&self, id: &AssessmentId) -> Value {
        self.press(id, &format!("push/{id}"), "").await
    }

    /// Same as [`push`](Self::push), with another path for the push of this assessment.
    pub(super) async fn press(&self, id: &AssessmentId, path: &str, body: &str) -> Value {
        for _ in 0..PATIENCE {
            let failed = self.failed();
            let pressed = self.world.operator("POST", path, body);
            let (status, after, answer) = self.world.while_time_passes(pressed).await;
            self.world.failing_store.heal();
            self.is_truthful().await;
            match status {
                202 => self.settles().await,
                // The push is queued or done. The response of the earlier request was lost.
                409 if answer["error"]["code"] == "not_failed" => {
                    self.settles().await;
                    if self.failure(id).await.is_none() {
                        return answer;
                    }
                }
                409 if answer["error"]["code"] == "not_settled" => {
                    let seconds = after.unwrap().parse().unwrap();
                    assert!(seconds > 0);
                    self.world.advance(seconds);
                    continue;
                }
                503 if self.has_failed_since(failed) => {
                    self.world.advance(LATER);
                    continue;
                }
                _ => return answer,
            }
            // Same as the response to another request, without its effect as a retry.
            if let Some(failure) = self.failure(id).await
                && !GOES_ON.contains(&failure.code.as_str())
            {
                return json!({ "state": "failed", "error": { "code": failure.code } });
            }
        }
        panic!("the push does not end");
    }

    /// Sends an operator's request other than a push, and repeats the request if the store failed.
    pub(super) async fn operate(&self, method: &str, path: &str) -> (u16, Value) {
        for _ in 0..2 {
            let failed = self.failed();
            let asked = self.world.operator(method, path, "");
            let (status, _, answer) = self.world.while_time_passes(asked).await;
            self.world.failing_store.heal();
            if status != 503 {
                let shown = format!("{status} {answer}");
                self.answers.borrow_mut().push(shown);
                return (status, answer);
            }
            assert!(self.has_failed_since(failed), "{answer}");
            self.world.advance(LATER);
        }
        panic!("the request failed twice");
    }

    /// Sends a person's request until it is accepted or was accepted before.
    pub(super) async fn accepted(&self, path: &str, body: &str) {
        for _ in 0..2 {
            let failed = self.failed();
            let asked = self.world.operator("POST", path, body);
            let (status, _, answer) = self.world.while_time_passes(asked).await;
            self.world.failing_store.heal();
            match status {
                200 | 409 => return,
                _ => assert!(self.has_failed_since(failed), "{answer}"),
            }
            self.world.advance(LATER);
        }
        panic!("the request failed twice");
    }

    /// Runs the host's backfills until none is due.
    pub(super) async fn backfills_settle(&self) {
        let backfills = self.world.push.backfills();
        for _ in 0..PATIENCE {
            let failed = self.failed();
            let due = backfills.run_due(10);
            let next = self.world.while_time_passes(due).await;
            self.world.failing_store.heal();
            match next {
                Ok(None) => return,
                Ok(Some(at)) => {
                    let wait = at - self.world.clock.now();
                    self.world.clock.advance(wait.to_std().unwrap_or_default());
                }
                Err(error) => {
                    assert!(self.has_failed_since(failed), "{error}");
                    self.world.advance(1);
                }
            }
        }
        panic!("the backfills did not end");
    }

    /// Sends the product's event for an assessment until it is accepted.
    pub(super) async fn notify(&self, id: &AssessmentId) {
        for _ in 0..2 {
            let failed = self.failed();
            let sent = self
                .world
                .push
                .assessment_changed(&self.world.account, id)
                .await;
            self.world.failing_store.heal();
            self.is_truthful().await;
            match sent {
                Ok(()) => return,
                Err(error) => assert!(self.has_failed_since(failed), "{error:?}"),
            }
            self.world.advance(LATER);
        }
        panic!("the event failed twice");
    }

    /// Runs the host's loop until no task is due.
    pub(super) async fn settles(&self) {
        for _ in 0..PATIENCE {
            let failed = self.failed();
            let due = self.world.push.run_due(10);
            let next = self.world.while_time_passes(due).await;
            self.world.failing_store.heal();
            self.is_truthful().await;
            match next {
                Ok(None) => return,
                Ok(Some(at)) => {
                    let wait = at - self.world.clock.now();
                    self.world.clock.advance(wait.to_std().unwrap_or_default());
                }
                Err(error) => {
                    assert!(self.has_failed_since(failed), "{error}");
                    self.world.advance(1);
                }
            }
        }
        panic!("the tasks did not end");
    }

    /// Same as [`settles`](Self::settles). A person then retries an interrupted push from its sync
    /// log entry.
    pub(super) async fn settles_and_is_retried(&self, id: &AssessmentId) {
        self.settles().await;
        if let Some(failure) = self.failure(id).await
            && GOES_ON.contains(&failure.code.as_str())
        {
            assert!(self.failed().is_some(), "{}", failure.text);
            let entries = self.entries().await;
            let cut = |(_, of, status, _): &&Entry| of == id && *status == LogStatus::Failed;
            let (entry, ..) = entries
                .iter()
                .find(cut)
                .expect("the log reports the interruption");
            self.press(id, &format!("sync-log/{entry}/retry"), "").await;
        }
    }

    async fn failure(&self, id: &AssessmentId) -> Option<PushFailure> {
        let push = self
            .world
            .store
            .push(&self.world.account, id)
            .await
            .unwrap();
        match push?.state {
            PushState::Failed(failure) => Some(failure),
            _ => None,
        }
    }

    /// Returns the final state.
    pub(super) async fn end(self) -> StoryResult {
        self.is_truthful().await;
        StoryResult::of(&self).await
    }

    /// Asserts that the log never reports a success that did not happen. A push is done only if all
    /// of its records are in Greenhouse.
    async fn is_truthful(&self) {
        for (_, assessment, status, text) in self.entries().await {
            // The entry of a test of a stage has no assessment.
            if status != LogStatus::Done || assessment.as_str().is_empty() {
                continue;
            }
            let push = self
                .world
                .store
                .push(&self.world.account, &assessment)
                .await;
            let push = push.unwrap().expect("the push is done");
            assert_eq!(push.state, PushState::Done, "{text}");
            let application = json!(push.application.expect("an application"));
            self.world.greenhouse.with(|state| {
                let is_there = |rows: &[Value], member: &str, id: &Value| {
                    assert!(rows.iter().any(|row| row[member] == *id), "{text}");
                };
                is_there(&state.candidates, "id", &json!(push.candidate));
                is_there(&state.applications, "id", &application);
                is_there(&state.attachments, "application_id", &application);
                let cards = state.lists.get("scorecards").into_iter().flatten();
                let results: Vec<Value> = state.notes.iter().chain(cards).cloned().collect();
                is_there(&results, "application_id", &application);
            });
        }
    }

    fn failed(&self) -> Option<&'static str> {
        self.world.failing_store.failed()
    }

    fn has_failed_since(&self, earlier: Option<&'static str>) -> bool {
        earlier.is_none() && self.failed().is_some()
    }
}

impl Deref for Stage {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

/// Limit of attempts before a story counts as endless.
const PATIENCE: usize = 200;
/// Failure codes after which a person retries immediately.
const GOES_ON: [&str; 4] = ["interrupted", "not_settled", "out_of_time", "store"];
/// Pause before the next attempt after a failure, in seconds.
const LATER: u64 = 5;
