use std::{
    collections::VecDeque,
    future::pending,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use tokio::sync::{Notify, oneshot};

use super::*;
use crate::{Clock, later, store::StoreError, testing::ManualClock};

/// Behavior of one run of a fake task.
#[derive(Debug, Clone, Copy)]
enum Run {
    Idle,
    DueNow,
    Fails,
    Panics,
    /// Never finishes.
    Hangs,
    /// Finishes when released.
    Held,
}

#[derive(Debug)]
struct Fake {
    name: &'static str,
    clock: Arc<ManualClock>,
    script: Mutex<VecDeque<Run>>,
    after_script: Run,
    begun: AtomicUsize,
    finished: AtomicUsize,
    wake: Notify,
    release: Notify,
}

impl Fake {
    fn new(name: &'static str, clock: &Arc<ManualClock>, script: &[Run], after: Run) -> Arc<Self> {
        Arc::new(Self {
            name,
            clock: clock.clone(),
            script: Mutex::new(script.iter().copied().collect()),
            after_script: after,
            begun: AtomicUsize::new(0),
            finished: AtomicUsize::new(0),
            wake: Notify::new(),
            release: Notify::new(),
        })
    }

    fn begun(&self) -> usize {
        self.begun.load(Ordering::SeqCst)
    }

    fn finished(&self) -> usize {
        self.finished.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Background for Fake {
    fn name(&self) -> &'static str {
        self.name
    }

    async fn run_due(&self, _: usize) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.begun.fetch_add(1, Ordering::SeqCst);
        let next = self.script.lock().unwrap().pop_front();
        let due = match next.unwrap_or(self.after_script) {
            Run::Idle => None,
            Run::DueNow => Some(self.clock.now()),
            Run::Fails => return Err(StoreError::unavailable("the disk is full")),
            Run::Panics => panic!("Mira Okafor crashed it"),
            Run::Hangs => pending().await,
            Run::Held => {
                self.release.notified().await;
                None
            }
        };
        self.finished.fetch_add(1, Ordering::SeqCst);
        Ok(due)
    }

    async fn woken(&self) {
        self.wake.notified().await;
    }
}

struct Running {
    runner: Arc<Runner>,
    clock: Arc<ManualClock>,
    shutdown: oneshot::Sender<()>,
    stopped: Arc<AtomicUsize>,
    handle: tokio::task::JoinHandle<bool>,
}

fn start(clock: &Arc<ManualClock>, fakes: &[&Arc<Fake>]) -> Running {
    let runner = Arc::new(Runner::default());
    let (shutdown, told) = oneshot::channel();
    let stopped = Arc::new(AtomicUsize::new(0));
    let background: Vec<Arc<dyn Background>> =
        fakes.iter().map(|fake| Arc::clone(*fake) as _).collect();
    let handle = tokio::spawn({
        let (runner, stopped) = (Arc::clone(&runner), Arc::clone(&stopped));
        let clock: Arc<dyn Clock> = clock.clone();
        async move {
            let told = async { drop(told.await) };
            let stop = || {
                let _ = stopped.fetch_add(1, Ordering::SeqCst);
            };
            runner.run(background, &clock, told, stop, GRACE).await
        }
    });
    Running {
        runner,
        clock: clock.clone(),
        shutdown,
        stopped,
        handle,
    }
}

impl Running {
    fn of(&self, name: &str) -> LoopStatus {
        let status = self.runner.status();
        let found = status.loops.into_iter().find(|each| each.name == name);
        found.unwrap()
    }

    async fn pass(&self, duration: Duration) {
        self.clock.advance(duration);
        settle().await;
    }

    async fn stop(self) -> Status {
        let _ = self.shutdown.send(());
        settle().await;
        self.clock.advance(GRACE);
        assert!(self.handle.await.unwrap());
        assert_eq!(self.stopped.load(Ordering::SeqCst), 1);
        self.runner.status()
    }
}

#[tokio::test]
async fn retries_a_panicking_task_while_others_run() {
    let clock = Arc::new(ManualClock::at(DateTime::UNIX_EPOCH));
    let panicking = Fake::new("panicking", &clock, &[Run::Panics, Run::Panics], Run::Idle);
    let failing = Fake::new("failing", &clock, &[Run::Idle, Run::Fails], Run::Idle);
    let other = Fake::new("other", &clock, &[], Run::Idle);
    let running = start(&clock, &[&panicking, &failing, &other]);
    settle().await;

    let status = running.runner.status();
    assert!(!status.is_running());
    assert_eq!(status.not_running(), ["panicking"]);
    let own = running.of("panicking");
    assert_eq!((own.panics, own.last_finished), (1, None));
    assert_eq!(own.failing_since, Some(DateTime::UNIX_EPOCH));
    assert!(running.of("other").running);

    // It is not woken early, and the wait grows.
    panicking.wake.notify_one();
    settle().await;
    assert_eq!(panicking.begun(), 1);
    running.pass(Duration::from_secs(1)).await;
    assert_eq!((panicking.begun(), running.of("panicking").panics), (2, 2));
    running.pass(Duration::from_secs(1)).await;
    assert_eq!(panicking.begun(), 2);
    let failing_since = later(DateTime::UNIX_EPOCH, Duration::from_secs(2));
    assert_eq!(running.of("failing").failing_since, Some(failing_since));
    assert!(running.of("failing").running, "not a panic");
    running.pass(Duration::from_secs(1)).await;
    assert_eq!((panicking.begun(), panicking.finished()), (3, 1));
    let own = running.of("panicking");
    assert!(own.running && own.failing_since.is_none());
    assert_eq!(own.last_finished, Some(clock.now()));
    assert_eq!(running.of("failing").failing_since, None);
    assert!(running.runner.status().is_running());
    assert!(other.finished() >= 2);

    let status = running.stop().await;
    assert!(status.stopping && !status.is_running());
}

#[tokio::test]
async fn busy_or_hanging_task_does_not_block_others() {
    let clock = Arc::new(ManualClock::self_advancing(DateTime::UNIX_EPOCH));
    let busy = Fake::new("busy", &clock, &[], Run::DueNow);
    let hanging = Fake::new("hanging", &clock, &[], Run::Hangs);
    let other = Fake::new("other", &clock, &[], Run::DueNow);
    let running = start(&clock, &[&busy, &hanging, &other]);
    settle().await;
    assert!(busy.finished() > 2 && other.finished() > 2);
    assert!(busy.finished().abs_diff(other.finished()) <= 2, "fair");
    let own = running.of("hanging");
    assert!(own.running && own.busy_since.is_some());
    assert!(!own.is_stuck(later(own.busy_since.unwrap(), Duration::from_secs(60))));
    assert!(own.is_stuck(later(own.busy_since.unwrap(), Duration::from_secs(3600))));
    // The grace period ends.
    running.stop().await;
}

#[tokio::test]
async fn shutdown_finishes_started_runs_only() {
    let clock = Arc::new(ManualClock::at(DateTime::UNIX_EPOCH));
    let held = Fake::new("held", &clock, &[Run::Held], Run::Idle);
    let idle = Fake::new("idle", &clock, &[], Run::Idle);
    let running = start(&clock, &[&held, &idle]);
    settle().await;
    let _ = running.shutdown.send(());
    settle().await;
    assert_eq!(running.stopped.load(Ordering::SeqCst), 1);
    assert!(running.runner.status().stopping);
    assert!(!running.handle.is_finished(), "waits for the started run");
    idle.wake.notify_one();
    held.release.notify_one();
    assert!(running.handle.await.unwrap());
    assert_eq!((held.finished(), idle.begun()), (1, 1));
}

#[tokio::test]
async fn wakes_a_task_early() {
    let clock = Arc::new(ManualClock::at(DateTime::UNIX_EPOCH));
    let task = Fake::new("task", &clock, &[], Run::Idle);
    let running = start(&clock, &[&task]);
    settle().await;
    assert_eq!(task.begun(), 1);
    task.wake.notify_one();
    settle().await;
    running.pass(Duration::from_millis(5)).await;
    assert_eq!(task.begun(), 2);
    running.pass(Duration::from_secs(2)).await;
    assert_eq!(task.begun(), 3);
    running.stop().await;
}

#[tokio::test]
async fn second_call_returns_at_once_and_a_dropped_one_stops() {
    let clock = Arc::new(ManualClock::at(DateTime::UNIX_EPOCH));
    let task = Fake::new("task", &clock, &[], Run::Idle);
    let running = start(&clock, &[&task]);
    settle().await;
    let port: Arc<dyn Clock> = clock.clone();
    let again = running
        .runner
        .run(vec![task.clone()], &port, pending(), || {}, GRACE);
    assert!(!again.await);
    assert!(running.runner.status().is_running());
    running.handle.abort();
    settle().await;
    assert_eq!(running.runner.status().not_running(), ["task"]);
}

#[tokio::test]
async fn waits_for_the_shutdown_without_tasks() {
    let clock = Arc::new(ManualClock::at(DateTime::UNIX_EPOCH));
    let running = start(&clock, &[]);
    settle().await;
    assert!(!running.handle.is_finished());
    assert!(!running.runner.status().is_running());
    running.stop().await;
}

/// Lets every future that can make progress run.
async fn settle() {
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
}

const GRACE: Duration = Duration::from_secs(25);
