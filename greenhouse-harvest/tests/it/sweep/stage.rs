//! The outside world of a story: it repeats what failed, and lets time pass.

use std::{cell::RefCell, ops::Deref, time::Duration};

use chrono::TimeDelta;
use greenhouse_core::{
    AssessmentId, Background, Clock,
    store::{LogStatus, PushFailure, PushState, Records},
};
use serde_json::{Value, json};

use super::{
    Fault,
    ended::{Ended, Entry},
};
use crate::support::world::{Wishes, World};

/// A world whose story has begun: from here on the planned call fails.
pub(super) struct Stage {
    world: World,
    pub(super) answers: RefCell<Vec<String>>,
}

/// A world in which nobody waits for a push (who asks again learns how it stands), and in which Greenhouse's look-ups lag
/// behind its writes: by more than a lease, and by less than the settle time.
pub(super) fn world(mut wishes: Wishes) -> World {
    wishes.config.endpoint_wait = Duration::ZERO;
    wishes.config.lease = Duration::from_secs(40);
    let world = World::in_process(wishes);
    let lag = (world.clock.clone(), TimeDelta::seconds(50));
    world.greenhouse.with(|state| state.lag = Some(lag));
    world
}

impl Stage {
    pub(super) fn begin(world: World, fault: Fault) -> Self {
        world.door.plan(fault);
        Self {
            world,
            answers: RefCell::default(),
        }
    }

    /// The same, in a world as it comes.
    pub(super) fn new(fault: Fault) -> Self {
        Self::begin(world(Wishes::default()), fault)
    }

    /// A person presses the button, and again while the push was cut or is not settled, until it has ended or is refused.
    /// Answers how.
    pub(super) async fn push(&self, id: &AssessmentId) -> Value {
        self.press(id, &format!("push/{id}"), "").await
    }

    /// The same with another button, for the push of this assessment.
    pub(super) async fn press(&self, id: &AssessmentId, path: &str, body: &str) -> Value {
        for _ in 0..PATIENCE {
            let failed = self.failed();
            let pressed = self.world.operator("POST", path, body);
            let (status, after, answer) = self.world.while_time_passes(pressed).await;
            self.world.door.heal();
            self.is_truthful().await;
            match status {
                202 => self.settles().await,
                // It is queued or done, as the press before said whose answer was lost.
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
            // What the next press would answer, but without the retry that it is.
            if let Some(failure) = self.failure(id).await
                && !GOES_ON.contains(&failure.code.as_str())
            {
                return json!({ "state": "failed", "error": { "code": failure.code } });
            }
        }
        panic!("the push does not end");
    }

    /// An operator's other calls, made again when the store is down.
    pub(super) async fn operate(&self, method: &str, path: &str) -> (u16, Value) {
        for _ in 0..2 {
            let failed = self.failed();
            let asked = self.world.operator(method, path, "");
            let (status, _, answer) = self.world.while_time_passes(asked).await;
            self.world.door.heal();
            if status != 503 {
                let shown = format!("{status} {answer}");
                self.answers.borrow_mut().push(shown);
                return (status, answer);
            }
            assert!(self.has_failed_since(failed), "{answer}");
            self.world.advance(LATER);
        }
        panic!("a request that fails twice");
    }

    /// The product tells that an assessment has changed, again until it is taken.
    pub(super) async fn tell(&self, id: &AssessmentId) {
        for _ in 0..2 {
            let failed = self.failed();
            let told = self
                .world
                .push
                .assessment_changed(&self.world.account, id)
                .await;
            self.world.door.heal();
            self.is_truthful().await;
            match told {
                Ok(()) => return,
                Err(error) => assert!(self.has_failed_since(failed), "{error:?}"),
            }
            self.world.advance(LATER);
        }
        panic!("a call that fails twice");
    }

    /// The host's loop, until nothing is due any more.
    pub(super) async fn settles(&self) {
        for _ in 0..PATIENCE {
            let failed = self.failed();
            let due = self.world.push.run_due(10);
            let next = self.world.while_time_passes(due).await;
            self.world.door.heal();
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
        panic!("work without end");
    }

    /// The same; and a push that was cut, which nobody repeats by itself, is retried by a person from its entry.
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
                .expect("the log says that it was cut");
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

    /// What has become of everything.
    pub(super) async fn end(self) -> Ended {
        self.is_truthful().await;
        Ended::of(&self).await
    }

    /// At no time does the log claim a success that did not happen: a push is done once all of it is in Greenhouse.
    async fn is_truthful(&self) {
        for (_, assessment, status, text) in self.entries().await {
            if status != LogStatus::Done {
                continue;
            }
            let push = self
                .world
                .store
                .push(&self.world.account, &assessment)
                .await;
            let push = push.unwrap().expect("a push that is done");
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
        self.world.door.failed()
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

/// How often somebody tries before a story is taken to go round in circles.
const PATIENCE: usize = 200;
/// Failures after which a person just tries again.
const GOES_ON: [&str; 4] = ["interrupted", "not_settled", "out_of_time", "store"];
/// How long after a failure somebody tries again, in seconds.
const LATER: u64 = 5;
