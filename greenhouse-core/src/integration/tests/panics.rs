//! A product that panics on one invitation, one outcome and one push of three accounts.

use std::{
    collections::BTreeSet,
    error::Error,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use http::{Method, Response, StatusCode};
use serde_json::Value;
use tokio::sync::{Notify, oneshot};
use url::Url;

use super::doubles::builder_of;
use crate::{
    AccountId, AssessmentId, Background, Clock, Integration, InvitationId, NewAccount, ScenarioId,
    health::Check,
    integration::{
        BuildError, Direction, DirectionBuilder, InboundHead, InboundRequest, Ports, PortsBuilder,
        PublicRoute,
    },
    operator::{OperatorPart, OperatorRequest},
    parking::{TaskError, supervise},
    platform::{
        Assessment, AssessmentPlatform, Completed, CompletedCursor, Invite, Outcome, Person,
        PlatformError, ProductJob, Scenario,
    },
    runner::Status,
    store::{
        Changes, Claim, ClaimedTask, DueTask, Settlement, StoreError, StoreWriter, Task, TaskKind,
        TaskQueue, memory::MemoryStore,
    },
    testing::{ManualClock, ScriptedTransport},
};

#[tokio::test]
async fn parks_panicking_tasks_and_runs_all_others() {
    let world = World::new().await;
    let host = world.host();
    world.pass(Duration::from_secs(45)).await;
    assert_eq!(world.product.done(), world.others());
    assert!(host.status().is_running(), "the loop itself does not panic");
    for account in ACCOUNTS {
        assert_eq!(world.parked(account).await, 0, "not parked yet");
    }

    // The count of panics is stored and survives a restart.
    host.stop(&world).await;
    let host = world.host();
    world.pass(Duration::from_secs(300)).await;
    assert_eq!(world.product.done(), world.others());
    assert_eq!(world.product.panics(), 3 * 5);
    assert!(host.status().is_running());
    world.pass(Duration::from_secs(3600)).await;
    assert_eq!(world.product.panics(), 3 * 5, "a parked task is not run");

    for (account, (kind, text)) in ACCOUNTS.iter().zip([
        (
            "invitation",
            "The invitation of a candidate crashed 5 times",
        ),
        (
            "outcome for the product",
            "The report of an outcome to the product crashed",
        ),
        ("push", "The push of an assessment crashed"),
    ]) {
        assert_eq!(world.parked(account).await, 1, "{account}");
        let health = host.ask(account, Method::GET, "health").await.1;
        assert_eq!(health["state"], "problem");
        assert_eq!(health["checks"][0]["name"], "parked_tasks");
        let found = health["checks"][0]["text"].as_str().unwrap();
        assert!(found.contains(&format!("1 {kind}")), "{found}");
        assert!(health["checks"][0]["remedy"].is_string());
        assert_eq!(health["checks"][1]["text"], "No task is waiting.");

        let log = host
            .ask(account, Method::GET, "sync-log?status=failed")
            .await
            .1;
        let entries = log["entries"].as_array().unwrap();
        assert_eq!(entries.len(), 1, "{log}");
        let found = entries[0]["text"].as_str().unwrap();
        assert!(found.contains(text) && !found.contains("Mira"), "{found}");
        assert_eq!(
            (&entries[0]["subject"], &entries[0]["retry"]),
            (&"task".into(), &true.into())
        );
    }

    // While the product panics, a retry parks the task again.
    host.retry(ACCOUNTS[0]).await;
    world.pass(Duration::from_secs(300)).await;
    assert_eq!(world.product.panics(), 4 * 5);
    assert_eq!(world.parked(ACCOUNTS[0]).await, 1);

    world.product.repair();
    for account in ACCOUNTS {
        host.retry(account).await;
    }
    world.pass(Duration::from_secs(10)).await;
    assert_eq!(world.product.done().len(), 3 * 9);
    for account in ACCOUNTS {
        assert_eq!(world.parked(account).await, 0);
        let health = host.ask(account, Method::GET, "health").await.1;
        assert_eq!(health["state"], "ok", "{health}");
        let log = host
            .ask(account, Method::GET, "sync-log?status=failed")
            .await
            .1;
        assert_eq!(log["entries"].as_array().unwrap().len(), 0, "{log}");
    }
    assert!(host.status().is_running());
    let status = host.stop(&world).await;
    assert!(!status.is_running() && status.stopping);
}

struct World {
    product: Arc<Panicking>,
    store: Arc<MemoryStore>,
    clock: Arc<ManualClock>,
}

impl World {
    async fn new() -> Self {
        let clock = ManualClock::at("2026-11-23T10:00:00Z".parse().unwrap());
        let world = Self {
            product: Arc::new(Panicking::default()),
            store: Arc::new(MemoryStore::new()),
            clock: Arc::new(clock),
        };
        let host = world.build();
        for account in ACCOUNTS {
            host.accounts()
                .create(NewAccount::new(account))
                .await
                .unwrap();
            let mut changes = Changes::none();
            for number in 0..3 {
                for task in tasks(account, number) {
                    changes.due.push(DueTask::new(task, world.clock.now()));
                }
            }
            let account = AccountId::new(account);
            let _ = world.store.apply(&account, changes).await.unwrap();
        }
        world
    }

    fn build(&self) -> Integration {
        let (product, store) = (Arc::clone(&self.product), Arc::clone(&self.store));
        let builder = builder_of(product, store, &self.clock);
        builder.with(WorkerBuilder).build().unwrap()
    }

    fn host(&self) -> Host {
        let greenhouse = self.build();
        let (shutdown, reported) = oneshot::channel::<()>();
        let running = greenhouse.clone().run(async { drop(reported.await) });
        Host {
            greenhouse,
            shutdown,
            running: tokio::spawn(running),
        }
    }

    /// Advances the clock second by second.
    async fn pass(&self, duration: Duration) {
        for _ in 0..duration.as_secs() {
            for _ in 0..60 {
                tokio::task::yield_now().await;
            }
            self.clock.advance(Duration::from_secs(1));
        }
        for _ in 0..60 {
            tokio::task::yield_now().await;
        }
    }

    async fn parked(&self, account: &str) -> u64 {
        let account = AccountId::new(account);
        let backlog = self.store.backlog(&account, &TaskKind::ALL).await.unwrap();
        backlog.parked
    }

    /// All tasks except the three for which the product panics.
    fn others(&self) -> BTreeSet<String> {
        let all = ACCOUNTS.iter().flat_map(|account| {
            (0..3).flat_map(move |number| tasks(account, number).map(|task| name(account, &task)))
        });
        all.filter(|name| !POISON.contains(&name.as_str()))
            .collect()
    }
}

struct Host {
    greenhouse: Integration,
    shutdown: oneshot::Sender<()>,
    running: tokio::task::JoinHandle<()>,
}

impl Host {
    fn status(&self) -> Status {
        self.greenhouse.status()
    }

    async fn ask(&self, account: &str, method: Method, path: &str) -> (StatusCode, Value) {
        let uri = format!("/api/integrations/greenhouse/{path}");
        let request = http::Request::builder().method(method).uri(uri);
        let request = request.body(Bytes::new()).unwrap();
        let answer = self
            .greenhouse
            .operator(&AccountId::new(account), request)
            .await;
        let body = serde_json::from_slice(answer.body()).unwrap_or(Value::Null);
        (answer.status(), body)
    }

    async fn retry(&self, account: &str) {
        let log = self
            .ask(account, Method::GET, "sync-log?status=failed")
            .await
            .1;
        let id = &log["entries"][0]["id"];
        let path = format!("sync-log/{id}/retry");
        let (status, _) = self.ask(account, Method::POST, &path).await;
        assert_eq!(status, StatusCode::ACCEPTED);
        // The entry is not failed any more, so it cannot be retried.
        let (status, _) = self.ask(account, Method::POST, &path).await;
        assert!(status.is_client_error(), "{status}");
    }

    async fn stop(self, world: &World) -> Status {
        let _ = self.shutdown.send(());
        world.pass(Duration::from_secs(1)).await;
        self.running.await.unwrap();
        self.greenhouse.status()
    }
}

/// Three kinds of tasks for one candidate.
fn tasks(account: &str, number: usize) -> [Task; 3] {
    let id = format!("{account}-{number}");
    let assessment = AssessmentId::new(&id);
    [
        Task::Invite {
            invitation: InvitationId::new(&id),
        },
        Task::NotifyProduct {
            assessment: assessment.clone(),
            outcome: Outcome::Rejected,
            revision: 1,
        },
        Task::Push { assessment },
    ]
}

fn name(account: &str, task: &Task) -> String {
    match task {
        Task::Invite { invitation } => format!("{account} invite {invitation}"),
        Task::NotifyProduct { assessment, .. } => format!("{account} outcome {assessment}"),
        Task::Push { assessment } => format!("{account} push {assessment}"),
        other => panic!("{other:?}"),
    }
}

const ACCOUNTS: [&str; 3] = ["acme", "bolt", "core"];
const POISON: [&str; 3] = [
    "acme invite acme-1",
    "bolt outcome bolt-1",
    "core push core-1",
];

/// Direction with one background task for all three kinds.
#[derive(Debug)]
struct Worker {
    ports: Ports,
    woken: Notify,
}

struct WorkerBuilder;

impl DirectionBuilder for WorkerBuilder {
    fn provide(&mut self, ports: &mut PortsBuilder) {
        ports.offer_transport(Arc::new(ScriptedTransport::new()));
    }

    fn build(self: Box<Self>, ports: &Ports) -> Result<Arc<dyn Direction>, BuildError> {
        Ok(Arc::new(Worker {
            ports: ports.clone(),
            woken: Notify::new(),
        }))
    }
}

impl Worker {
    async fn run(&self, task: &ClaimedTask) -> Result<(), TaskError> {
        let (product, account) = (self.ports.product(), &task.account);
        let done = match &task.task {
            Task::Invite { invitation } => {
                let person = Person {
                    first_name: "Mira".to_owned(),
                    last_name: "Okafor".to_owned(),
                    email: None,
                };
                let scenario = ScenarioId::new("sc-1");
                let invite = Invite::new(invitation.clone(), scenario, person);
                product.invite(account, &invite).await.map(drop)
            }
            Task::NotifyProduct {
                assessment,
                outcome,
                revision,
            } => {
                let reported = product.apply_outcome(account, assessment, *outcome, *revision);
                reported.await
            }
            Task::Push { assessment } => product.report_pdf(account, assessment).await.map(drop),
            other => panic!("{other:?}"),
        };
        if let Err(error) = done {
            TaskError::unless_panicked(&error)?;
        }
        let mut changes = Changes::none();
        changes.settled = Some(task.settle(Settlement::Done));
        let _ = self.ports.store().apply(account, changes).await?;
        Ok(())
    }
}

#[async_trait]
impl Background for Worker {
    fn name(&self) -> &'static str {
        "worker"
    }

    async fn run_due(&self, limit: usize) -> Result<Option<DateTime<Utc>>, StoreError> {
        let (store, clock) = (self.ports.store(), self.ports.clock());
        let claim = Claim::new(&TaskKind::ALL, clock.now(), Duration::from_secs(60), limit);
        let tasks = store.claim_due(&claim).await?;
        let runs = tasks.iter().map(async |task| {
            supervise(store.as_ref(), clock.as_ref(), &[task], self.run(task)).await
        });
        join_all(runs)
            .await
            .into_iter()
            .collect::<Result<(), _>>()?;
        store.next_due(&TaskKind::ALL).await
    }

    async fn woken(&self) {
        self.woken.notified().await;
    }
}

#[async_trait]
impl Direction for Worker {
    fn name(&self) -> &'static str {
        "worker"
    }

    fn body_limit(&self, _: &PublicRoute) -> Option<usize> {
        None
    }

    async fn admit(&self, _: &mut InboundHead) -> Result<(), Response<Bytes>> {
        Ok(())
    }

    async fn handle(&self, _: InboundRequest) -> Response<Bytes> {
        Response::new(Bytes::new())
    }

    fn operator(&self) -> Arc<dyn OperatorPart> {
        Arc::new(NoPart)
    }

    fn background(&self) -> Vec<Arc<dyn Background>> {
        vec![Arc::new(Self {
            ports: self.ports.clone(),
            woken: Notify::new(),
        })]
    }

    async fn set_up(&self, _: &AccountId) -> Result<String, StoreError> {
        Ok(String::new())
    }

    async fn assessment_changed(
        &self,
        _: &AccountId,
        _: &AssessmentId,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        Ok(())
    }

    fn stop(&self) {}
}

#[derive(Debug)]
struct NoPart;

#[async_trait]
impl OperatorPart for NoPart {
    async fn answer(&self, _: &OperatorRequest) -> Option<Response<Bytes>> {
        None
    }

    async fn checks(&self, _: &AccountId) -> Vec<Check> {
        Vec::new()
    }
}

/// Product that panics on three calls until it is repaired.
#[derive(Debug, Default)]
struct Panicking {
    calls: Mutex<Calls>,
}

#[derive(Debug, Default)]
struct Calls {
    mended: bool,
    panics: usize,
    done: BTreeSet<String>,
}

impl Panicking {
    fn call(&self, account: &AccountId, what: &str, id: &str) {
        let name = format!("{account} {what} {id}");
        let mut calls = self.calls.lock().unwrap();
        if POISON.contains(&name.as_str()) && !calls.mended {
            calls.panics += 1;
            drop(calls);
            panic!("index out of bounds for Mira Okafor");
        }
        calls.done.insert(name);
    }

    fn done(&self) -> BTreeSet<String> {
        self.calls.lock().unwrap().done.clone()
    }

    fn panics(&self) -> usize {
        self.calls.lock().unwrap().panics
    }

    fn repair(&self) {
        self.calls.lock().unwrap().mended = true;
    }
}

#[async_trait]
impl AssessmentPlatform for Panicking {
    async fn scenarios(&self, _: &AccountId) -> Result<Vec<Scenario>, PlatformError> {
        Ok(Vec::new())
    }

    async fn jobs(&self, _: &AccountId) -> Result<Vec<ProductJob>, PlatformError> {
        Ok(Vec::new())
    }

    async fn invite(
        &self,
        account: &AccountId,
        invite: &Invite,
    ) -> Result<AssessmentId, PlatformError> {
        let id = invite.invitation.as_str();
        self.call(account, "invite", id);
        Ok(AssessmentId::new(id))
    }

    async fn assessment(
        &self,
        _: &AccountId,
        _: &AssessmentId,
    ) -> Result<Option<Assessment>, PlatformError> {
        Ok(None)
    }

    async fn report_pdf(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Bytes, PlatformError> {
        self.call(account, "push", assessment.as_str());
        Ok(Bytes::new())
    }

    async fn report_url(&self, _: &AccountId, _: &AssessmentId) -> Result<Url, PlatformError> {
        Err(PlatformError::NotFound { what: "report" })
    }

    async fn apply_outcome(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
        _: Outcome,
        _: u64,
    ) -> Result<(), PlatformError> {
        self.call(account, "outcome", assessment.as_str());
        Ok(())
    }

    async fn completed_since(
        &self,
        _: &AccountId,
        _: &CompletedCursor,
        _: usize,
    ) -> Result<Completed, PlatformError> {
        Ok(Completed::NotSupported)
    }
}
