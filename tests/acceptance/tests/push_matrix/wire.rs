//! Transport to Greenhouse: real HTTP, injected faults and simulated time.

use std::{
    fmt,
    future::pending,
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use greenhouse_core::{Clock, ExchangeLimits, HttpTransport, TransportError, TransportErrorKind};
use greenhouse_harvest::{PushService, ReqwestTransport};
use http::{Request, Response};
use mock_greenhouse::{Fault, FaultKind, MockGreenhouse};
use tokio::sync::Notify;

use crate::{
    clock::SimulatedClock,
    trouble::{Act, Exchange, Hit, Trouble},
};

pub(crate) struct Wire {
    greenhouse: Arc<MockGreenhouse>,
    clock: Arc<SimulatedClock>,
    network: ReqwestTransport,
    state: Mutex<State>,
    /// Number of exchanges in flight.
    busy: AtomicUsize,
    pub(crate) died: Notify,
    /// `None` once a fault has stopped the host.
    host: Mutex<Option<Weak<PushService>>>,
}

#[derive(Default)]
struct State {
    plan: Vec<(usize, &'static Trouble)>,
    /// Fault in every exchange until the run has ended.
    outage: Option<Hit>,
    sent: Vec<Sent>,
    decided: Option<Decided>,
}

/// Decision of a recruiter, and where the application was afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decided {
    /// Number of the exchange before which the recruiter decided.
    pub(crate) before: usize,
    pub(crate) act: Act,
    pub(crate) stage: Option<i64>,
}

/// A request that was sent or was about to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) at: DateTime<Utc>,
    pub(crate) method: String,
    pub(crate) target: String,
    hit: Option<Hit>,
    end: Option<String>,
}

impl Sent {
    pub(crate) fn kind(&self) -> Exchange {
        Exchange::of(&self.method, &self.target)
    }

    /// Returns the method, and the path without ids.
    pub(crate) fn endpoint(&self) -> String {
        let path = self.target.split('?').next().unwrap_or_default();
        let segments = path.split('/').map(|segment| {
            let is_id = !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit());
            if is_id { "{id}" } else { segment }
        });
        let path = segments.collect::<Vec<_>>().join("/");
        format!("{} {path}", self.method)
    }

    /// Returns `true` if Greenhouse has carried out a move or a rejection.
    pub(crate) fn ruled(&self) -> bool {
        let path = self.target.split('?').next().unwrap_or_default();
        let is_rule = path.ends_with("/move") || path.ends_with("/reject");
        is_rule
            && self
                .end
                .as_deref()
                .is_some_and(|end| end.starts_with("204"))
    }

    /// Returns `true` if the request writes to Greenhouse.
    pub(crate) fn writes(&self) -> bool {
        self.kind() == Exchange::Write
    }
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.at.format("%H:%M:%S%.3f");
        write!(f, "{at} {} {}", self.method, self.target)?;
        if let Some(hit) = self.hit {
            write!(f, " [{hit:?}]")?;
        }
        write!(f, " -> {}", self.end.as_deref().unwrap_or("dropped"))
    }
}

impl Wire {
    pub(crate) fn new(
        greenhouse: Arc<MockGreenhouse>,
        clock: Arc<SimulatedClock>,
        network: ReqwestTransport,
    ) -> Self {
        Self {
            greenhouse,
            clock,
            network,
            state: Mutex::default(),
            busy: AtomicUsize::new(0),
            died: Notify::new(),
            host: Mutex::default(),
        }
    }

    /// Sets the host that a fault can stop.
    pub(crate) fn serves(&self, host: &Arc<PushService>) {
        *self.host.lock().unwrap() = Some(Arc::downgrade(host));
    }

    pub(crate) fn host_was_stopped(&self) -> bool {
        self.host.lock().unwrap().is_none()
    }

    /// Restarts the count of exchanges at 1 and schedules the faults of `plan`.
    pub(crate) fn arm(&self, plan: Vec<(usize, &'static Trouble)>) {
        let lags = plan.iter().map(|(_, trouble)| match trouble.hit {
            Hit::Fault(FaultKind::Lag { seconds }) => seconds,
            _ => 0,
        });
        // The mock records history only if a lag fault is registered in advance.
        if let Some(seconds) = lags.max().filter(|lag| *lag > 0) {
            let remember = Fault::new("*", "*", FaultKind::Lag { seconds });
            self.greenhouse.add_fault(remember.nth(u64::MAX));
        }
        *self.state() = State {
            plan,
            ..State::default()
        };
    }

    /// Ends an outage that lasts until the end of the run.
    pub(crate) fn run_has_ended(&self) {
        self.state().outage = None;
    }

    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.state().sent.clone()
    }

    /// Returns `true` if a list contained another row instead of the selected rows.
    pub(crate) fn showed_another_row(&self) -> bool {
        let sent = &self.state().sent;
        let lies = Some(Hit::Fault(FaultKind::OtherRow));
        sent.iter().any(|sent| sent.hit == lies)
    }

    pub(crate) fn count(&self) -> usize {
        self.state().sent.len()
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.busy.load(Ordering::SeqCst) > 0
    }

    /// Waits until Greenhouse has detected the closed connection.
    pub(crate) async fn until_disconnected(&self) {
        while self.greenhouse.stalled_requests() > 0 {
            tokio::task::yield_now().await;
        }
    }

    fn begin(&self, request: &Request<Bytes>) -> (usize, Option<Hit>) {
        let mut state = self.state();
        let number = state.sent.len() + 1;
        let planned = state.plan.iter().find(|(at, _)| *at == number);
        let hit = match planned.map(|(_, trouble)| **trouble) {
            Some(trouble) => {
                if trouble.stays {
                    state.outage = Some(match trouble.hit {
                        Hit::Unreachable => Hit::Unreachable,
                        _ => OUT_OF_ORDER,
                    });
                }
                Some(trouble.hit)
            }
            None => state.outage,
        };
        let target = request.uri().path_and_query();
        state.sent.push(Sent {
            at: self.clock.now(),
            method: request.method().to_string(),
            target: target.map(ToString::to_string).unwrap_or_default(),
            hit,
            end: None,
        });
        (number, hit)
    }

    async fn meet(
        &self,
        hit: Option<Hit>,
        request: Request<Bytes>,
        limits: ExchangeLimits,
    ) -> Result<Response<Bytes>, TransportError> {
        let busy = Busy::new(self);
        match hit {
            None => self.exchange(request, limits).await,
            Some(Hit::Unreachable) => {
                self.greenhouse.refuse_connections().await;
                // Close idle connections.
                for _ in 0..YIELDS {
                    tokio::task::yield_now().await;
                }
                let answer = self.exchange(request, limits).await;
                self.greenhouse.accept_connections().await;
                answer
            }
            Some(Hit::Fault(kind)) if !stalls(kind) => {
                self.inject(kind);
                self.exchange(request, limits).await
            }
            Some(Hit::Fault(kind)) => {
                self.inject(kind);
                let mut answer = Box::pin(self.exchange(request, limits));
                self.until_stalled(answer.as_mut()).await;
                drop(busy);
                self.timed_out(answer, limits).await
            }
            Some(Hit::Recruiter(act)) => {
                self.recruiter_decides(act).await;
                self.exchange(request, limits).await
            }
            Some(Hit::Stops(None)) => {
                self.stop_host();
                self.exchange(request, limits).await
            }
            Some(Hit::Stops(Some(kind))) => {
                self.inject(kind);
                let mut answer = Box::pin(self.exchange(request, limits));
                self.until_stalled(answer.as_mut()).await;
                self.stop_host();
                drop(busy);
                self.timed_out(answer, limits).await
            }
            Some(Hit::Dies(applied)) => {
                let mut answer = pin!(self.exchange(request, limits));
                if let Some(kind) = applied {
                    self.inject(kind);
                    self.until_stalled(answer.as_mut()).await;
                }
                self.died.notify_one();
                pending().await
            }
        }
    }

    /// Carries out the decision, if the person has an active application.
    async fn recruiter_decides(&self, act: Act) {
        let newest = |greenhouse: &MockGreenhouse| {
            let rows = greenhouse.applications();
            // The first application is the bystander's.
            let rows = rows.into_iter().skip(1);
            rows.max_by_key(|row| row.id)
        };
        let Some(row) = newest(&self.greenhouse) else {
            return;
        };
        let done = match act {
            Act::Rejects => self.greenhouse.reject(row.id).await,
            Act::Hires => self.greenhouse.hire(row.id).await,
            Act::Moves => {
                let stages = self.greenhouse.job_interview_stages();
                let of_job = stages
                    .iter()
                    .filter(|stage| Some(stage.job_id) == row.job_id);
                let early = of_job.take(2).map(|stage| stage.id);
                let mut others = early.filter(|id| Some(*id) != row.job_interview_stage_id);
                let target = others.next().expect("another stage");
                self.greenhouse.move_to(row.id, target).await
            }
        };
        // The rule may have rejected the application before.
        if done.is_err() {
            return;
        }
        let stage = newest(&self.greenhouse).and_then(|row| row.job_interview_stage_id);
        let mut state = self.state();
        let before = state.sent.len();
        state.decided = Some(Decided { before, act, stage });
    }

    /// Returns the recruiter's decision, if there was one.
    pub(crate) fn decided(&self) -> Option<Decided> {
        self.state().decided
    }

    fn inject(&self, kind: FaultKind) {
        self.greenhouse.add_fault(Fault::new("*", "*", kind));
    }

    fn stop_host(&self) {
        // Another exchange may already have stopped the host.
        if let Some(host) = self.host.lock().unwrap().take() {
            host.upgrade()
                .expect("the host is alive while it sends")
                .stop();
        }
    }

    /// Waits until the deadline on the simulated clock, then closes the connection.
    async fn timed_out<T>(
        &self,
        answer: Pin<Box<impl Future<Output = T>>>,
        limits: ExchangeLimits,
    ) -> Result<Response<Bytes>, TransportError> {
        self.clock.sleep(limits.deadline).await;
        let _busy = Busy::new(self);
        drop(answer);
        self.until_disconnected().await;
        Err(TransportError::new(TransportErrorKind::TimedOut))
    }

    /// Sends with a fixed network timeout. On a busy machine, the real deadline would change the
    /// outcome of a case.
    async fn exchange(
        &self,
        request: Request<Bytes>,
        limits: ExchangeLimits,
    ) -> Result<Response<Bytes>, TransportError> {
        self.network
            .send(request, limits.with_deadline(LONGEST))
            .await
    }

    async fn until_stalled<T>(&self, mut answer: Pin<&mut impl Future<Output = T>>) {
        while self.greenhouse.stalled_requests() == 0 {
            tokio::select! {
                biased;
                _ = answer.as_mut() => panic!("a stalled request got a response"),
                () = tokio::task::yield_now() => {}
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl HttpTransport for Wire {
    async fn send(
        &self,
        request: Request<Bytes>,
        limits: ExchangeLimits,
    ) -> Result<Response<Bytes>, TransportError> {
        let (number, hit) = self.begin(&request);
        let answer = self.meet(hit, request, limits).await;
        let end = match &answer {
            Ok(response) => response.status().to_string(),
            Err(error) => error.to_string(),
        };
        if let Some(sent) = self.state().sent.get_mut(number - 1) {
            sent.end = Some(end);
        }
        answer
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wire")
    }
}

/// Stops the simulated clock while it exists.
struct Busy<'a>(&'a Wire);

impl<'a> Busy<'a> {
    fn new(wire: &'a Wire) -> Self {
        wire.busy.fetch_add(1, Ordering::SeqCst);
        Self(wire)
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.busy.fetch_sub(1, Ordering::SeqCst);
    }
}

fn stalls(kind: FaultKind) -> bool {
    matches!(
        kind,
        FaultKind::StallApplied | FaultKind::StallThenApply { .. }
    )
}

const OUT_OF_ORDER: Hit = Hit::Fault(FaultKind::Status {
    status: 503,
    applied: false,
});
const LONGEST: Duration = Duration::from_secs(120);
const YIELDS: usize = 8;
