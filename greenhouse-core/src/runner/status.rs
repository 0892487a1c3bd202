use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

/// State of the background tasks, at the time of the call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Status {
    /// State of each loop. Empty until the tasks are started.
    pub loops: Vec<LoopStatus>,
    /// `true` once the shutdown has begun.
    pub stopping: bool,
}

impl Status {
    /// Returns `true` if the tasks were started and every loop is running. If not, the host is not
    /// ready, unless it is stopping.
    pub fn is_running(&self) -> bool {
        !self.loops.is_empty() && self.loops.iter().all(|each| each.running)
    }

    /// Names of the loops that are not running.
    pub fn not_running(&self) -> Vec<&'static str> {
        let stopped = self.loops.iter().filter(|each| !each.running);
        stopped.map(|each| each.name).collect()
    }
}

/// State of one loop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LoopStatus {
    /// Name of the background task.
    pub name: &'static str,
    /// `false` after the end of the loop, and from a panic until a later run ends without one.
    pub running: bool,
    /// Start of the current run. `None` between runs.
    pub busy_since: Option<DateTime<Utc>>,
    /// End of the last successful run.
    pub last_finished: Option<DateTime<Utc>>,
    /// Time of the first failure since the last successful run. `None` if the last run succeeded.
    pub failing_since: Option<DateTime<Utc>>,
    /// Number of runs that panicked since the start of the process.
    pub panics: u32,
}

impl LoopStatus {
    fn new(name: &'static str) -> Self {
        Self {
            name,
            running: true,
            busy_since: None,
            last_finished: None,
            failing_since: None,
            panics: 0,
        }
    }

    /// Returns `true` if a run has been busy for more than 15 minutes at `now`. Every call in a run
    /// has a deadline, so a call must have exceeded its deadline.
    pub fn is_stuck(&self, now: DateTime<Utc>) -> bool {
        self.busy_since.is_some_and(|since| now - since > STUCK)
    }
}

/// Shared state of all loops.
#[derive(Debug, Default, Clone)]
pub(super) struct Board(Arc<Mutex<Status>>);

impl Board {
    /// Registers these loops as running. Returns `None` if loops are already running.
    pub(super) fn start(&self, names: impl Iterator<Item = &'static str>) -> Option<Running> {
        let mut status = self.lock();
        if status.loops.iter().any(|each| each.running) {
            return None;
        }
        status.stopping = false;
        status.loops = names.map(LoopStatus::new).collect();
        Some(Running(self.clone()))
    }

    pub(super) fn stop(&self) {
        self.lock().stopping = true;
    }

    pub(super) fn status(&self) -> Status {
        self.lock().clone()
    }

    pub(super) fn loop_at(&self, place: usize) -> LoopState {
        LoopState {
            board: self.clone(),
            place,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Status> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Marks every loop as not running when dropped.
#[derive(Debug)]
pub(super) struct Running(Board);

impl Drop for Running {
    fn drop(&mut self) {
        for each in &mut self.0.lock().loops {
            each.running = false;
            each.busy_since = None;
        }
    }
}

/// State of one loop, changed only by that loop.
#[derive(Debug, Clone)]
pub(super) struct LoopState {
    board: Board,
    place: usize,
}

impl LoopState {
    pub(super) fn begun(&self, now: DateTime<Utc>) {
        self.change(|own| own.busy_since = Some(now));
    }

    pub(super) fn finished(&self, now: DateTime<Utc>) {
        self.change(|own| {
            own.running = true;
            own.busy_since = None;
            own.last_finished = Some(now);
            own.failing_since = None;
        });
    }

    pub(super) fn failed(&self, now: DateTime<Utc>) {
        self.change(|own| {
            own.running = true;
            own.busy_since = None;
            own.failing_since.get_or_insert(now);
        });
    }

    pub(super) fn panicked(&self, now: DateTime<Utc>) {
        self.change(|own| {
            own.running = false;
            own.busy_since = None;
            own.failing_since.get_or_insert(now);
            own.panics = own.panics.saturating_add(1);
        });
    }

    /// Marks the loop as stopped, at shutdown.
    pub(super) fn ended(&self) {
        self.change(|own| {
            own.running = false;
            own.busy_since = None;
        });
    }

    fn change(&self, change: impl FnOnce(&mut LoopStatus)) {
        if let Some(own) = self.board.lock().loops.get_mut(self.place) {
            change(own);
        }
    }
}

const STUCK: TimeDelta = TimeDelta::minutes(15);
