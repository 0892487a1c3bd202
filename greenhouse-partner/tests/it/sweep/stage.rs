//! The environment of a story: it repeats failed requests and lets time pass.

use std::{cell::RefCell, collections::BTreeSet, ops::Deref, time::Duration};

use bytes::Bytes;
use greenhouse_core::{
    ApplicationId, AssessmentId, Background, CandidateId, Clock, InvitationId, JobId, earlier,
    operator::OperatorService,
    store::{Applied, Changes, DueTask, Link, Records, StoreWriter, Task, TaskKind, Write},
};
use http::{Method, Request, StatusCode};
use serde_json::Value;

use super::{Fault, ended::StoryResult};
use crate::support::{Answer, HOOK, KEY, World, sign};

/// A world whose story has begun. From now on the planned call fails.
pub(super) struct Stage {
    world: World,
    seen: RefCell<Seen>,
}

/// Observations of a story.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Final response to each caller.
    pub(super) answers: Vec<String>,
    pub(super) invitations: Vec<String>,
    pub(super) covers: Covers,
}

/// Records that a story is about.
#[derive(Debug, Default)]
pub(super) struct Covers {
    pub(super) endpoints: BTreeSet<String>,
    pub(super) actions: BTreeSet<String>,
    pub(super) works: BTreeSet<String>,
}

impl Stage {
    pub(super) fn begin(world: World, fault: Fault) -> Self {
        for _ in 0..ANSWERS {
            world.transport.answer(StatusCode::NO_CONTENT, "");
        }
        world.failing_store.plan(fault);
        Self {
            world,
            seen: RefCell::default(),
        }
    }

    /// Adds an invitation that existed before the story.
    pub(super) fn knows(self, invitation: &str) -> Self {
        let known = invitation.to_owned();
        self.seen.borrow_mut().invitations.push(known);
        self
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.note_endpoint(path);
        let ask = async || self.world.get(path).await;
        self.until_answered(ask).await
    }

    /// Sends a request from a browser, without a key.
    pub(super) async fn browse(&self, path: &str) -> Answer {
        self.note_endpoint(path);
        let ask = async || self.world.request(Method::GET, path, None, "").await;
        self.until_answered(ask).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.note_endpoint(path);
        let ask = async || {
            let body = body.to_string();
            self.world
                .request(Method::POST, path, Some(KEY), body)
                .await
        };
        self.until_answered(ask).await
    }

    /// Sends a test and returns the invitation's id. A 200 means that the invitation is durable.
    pub(super) async fn send_test(&self, body: &Value) -> String {
        let answer = self.post("/api/greenhouse/send-test", body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let answer = answer.json();
        let id = answer["partner_interview_id"].as_str().unwrap().to_owned();
        let (account, key) = (&self.world.account, InvitationId::new(&*id));
        let stored = self.world.store.invitation(account, &key).await.unwrap();
        let invitation = stored.expect("the invitation is durable");
        let due = self.world.backlog(TaskKind::Invite).await;
        assert!(due == 1 || invitation.assessment.is_some());
        self.seen.borrow_mut().invitations.push(id.clone());
        id
    }

    /// Sends a webhook until it is accepted. A 200 means that it is durable.
    pub(super) async fn deliver(&self, event_id: &str, body: &Value) {
        self.deliver_to(HOOK, event_id, &body.to_string()).await;
    }

    pub(super) async fn deliver_to(&self, hook: &str, event_id: &str, body: &str) {
        if let Ok(Value::String(action)) =
            serde_json::from_str(body).map(|body: Value| body["action"].clone())
        {
            self.seen.borrow_mut().covers.actions.insert(action);
        }
        self.note_endpoint("webhook");
        let signature = sign(body);
        let send = async || {
            let signature = Some(&*signature);
            self.world
                .deliver_raw(hook, event_id, signature, body)
                .await
        };
        assert_eq!(self.until_answered(send).await.status, 200);
        let last_delivery = self.world.store.last_delivery_at(&self.world.account);
        assert!(last_delivery.await.unwrap().is_some());
    }

    /// Sends an operator's request, and repeats it if the store failed.
    pub(super) async fn operate(&self, method: &str, path: &str, body: &str) -> Answer {
        let ask = async || {
            let parts: Vec<_> = vec![self.world.service.clone() as _];
            let operator = OperatorService::new(self.world.failing_store.clone(), parts);
            let request = Request::builder()
                .method(method)
                .uri(format!("/api/integrations/greenhouse/{path}"))
                .extension(self.world.account.clone())
                .body(Bytes::from(body.to_owned()));
            Answer::of(operator.handle(request.unwrap()).await)
        };
        self.until_answered(ask).await
    }

    /// Removes responses that depend on the fault and were checked.
    pub(super) fn forget_answers(&self) {
        self.seen.borrow_mut().answers.clear();
    }

    /// Calls the service for the product or an operator until the call succeeds.
    pub(super) async fn call<E: std::fmt::Debug>(&self, call: impl AsyncFn() -> Result<(), E>) {
        for _ in 0..2 {
            let failed = self.failed();
            let called = call().await;
            self.failing_store.heal();
            match called {
                Ok(()) => return,
                Err(error) => assert!(self.has_failed_since(failed), "{error:?}"),
            }
            self.world.tick(LATER);
        }
        panic!("the call failed twice");
    }

    /// Commits a link as the push does, with the tasks that the link creates.
    pub(super) async fn pushes(&self) {
        let assessment = AssessmentId::new("as-1");
        let link = Link::new(
            assessment.clone(),
            CandidateId::new(11),
            ApplicationId::new(22),
            Some(JobId::new(70)),
        );
        let mut changes = Changes::none();
        changes.links.push(Write::Put(link));
        let since = earlier(self.world.now(), Duration::from_secs(600));
        let work = Task::replay_ignored(&assessment, since);
        let work = DueTask::new(work, self.world.now());
        changes.due.push(work);
        let applied = self.world.store.apply(&self.world.account, changes).await;
        assert_eq!(applied.unwrap(), Applied::Applied);
    }

    /// Runs the host's loop `turns` times.
    pub(super) async fn turns(&self, turns: usize) {
        for _ in 0..turns {
            self.turn().await;
        }
    }

    /// Runs the host's loop until no task is due.
    pub(super) async fn settles(&self) {
        for _ in 0..MANY {
            if self.turn().await {
                return;
            }
        }
        panic!("the tasks did not end");
    }

    /// Returns `true` if no task is due.
    async fn turn(&self) -> bool {
        for kind in WORKS {
            if self.world.backlog(kind).await > 0 {
                let work = kind.as_str().to_owned();
                self.seen.borrow_mut().covers.works.insert(work);
            }
        }
        let failed = self.failed();
        let next = self.world.service.run_due(10).await;
        self.failing_store.heal();
        match next {
            Ok(None) => return true,
            Ok(Some(at)) => {
                let wait = at - self.world.clock.now();
                self.world.clock.advance(wait.to_std().unwrap_or_default());
            }
            Err(error) => {
                assert!(self.has_failed_since(failed), "{error}");
                self.world.clock.advance(Duration::from_secs(1));
            }
        }
        self.is_truthful().await;
        false
    }

    /// Returns the final state.
    pub(super) async fn end(self) -> StoryResult {
        self.is_truthful().await;
        StoryResult::of(&self.world, self.seen.into_inner()).await
    }

    async fn until_answered(&self, ask: impl AsyncFn() -> Answer) -> Answer {
        for _ in 0..2 {
            let failed = self.failed();
            let answer = ask().await;
            self.failing_store.heal();
            self.is_truthful().await;
            if answer.status != 503 {
                self.seen.borrow_mut().answers.push(shown(&answer));
                return answer;
            }
            assert!(self.has_failed_since(failed), "{}", answer.text());
            self.world.tick(LATER);
        }
        panic!("the request failed twice");
    }

    /// Asserts that the log never reports a success that did not happen.
    async fn is_truthful(&self) {
        let notices = self.world.transport.sent().len();
        for line in self.world.lines().await {
            if line.starts_with("notice done") {
                assert!(notices > 0, "{line}");
            }
        }
    }

    fn failed(&self) -> Option<&'static str> {
        self.world.failing_store.failed()
    }

    fn has_failed_since(&self, earlier: Option<&'static str>) -> bool {
        earlier.is_none() && self.failed().is_some()
    }

    fn note_endpoint(&self, path: &str) {
        let path = path.strip_prefix("/api/greenhouse/").unwrap_or(path);
        let name = path.split(['/', '?']).next().unwrap().replace('-', "_");
        self.seen.borrow_mut().covers.endpoints.insert(name);
    }
}

impl Deref for Stage {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

fn shown(answer: &Answer) -> String {
    let location = answer.header("location").unwrap_or_default();
    format!("{} {location} {}", answer.status, answer.text())
}

pub(super) const WORKS: [TaskKind; 6] = [
    TaskKind::Invite,
    TaskKind::Notify,
    TaskKind::NotifyProduct,
    TaskKind::ReadApplication,
    TaskKind::FindSuccessor,
    TaskKind::ReplayIgnored,
];
/// Pause before the next attempt after a failure, in seconds.
const LATER: u64 = 60;
/// Number of notices that Greenhouse accepts, more than any story sends.
const ANSWERS: usize = 10;
const MANY: usize = 50;
