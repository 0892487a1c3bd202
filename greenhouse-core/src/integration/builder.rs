use std::{fmt, sync::Arc, time::Duration};

use super::{
    BuildError, CompletedConfig, Direction, DirectionBuilder, Environment, Inner, Integration,
    PortsBuilder, PublicRoute,
};
use crate::{
    AccountId, Clock, HttpTransport,
    accounts::AccountOperator,
    body::BodyBudget,
    clock_watch::{ClockOperator, ClockWatch},
    operator::{OperatorPart, OperatorService},
    parking::TaskOperator,
    retention::RetentionConfig,
    runner::Runner,
    settings::Settings,
    store::SyncLog,
};

/// Builder for an [`Integration`].
#[must_use]
pub struct IntegrationBuilder {
    ports: PortsBuilder,
    directions: Vec<Box<dyn DirectionBuilder>>,
    retention: RetentionConfig,
    completed: CompletedConfig,
    stop_grace: Duration,
    body_deadline: Duration,
    body_budget: usize,
}

impl IntegrationBuilder {
    pub(super) fn new(ports: PortsBuilder) -> Self {
        Self {
            ports: ports.serves_reports(false),
            directions: Vec::new(),
            retention: RetentionConfig::default(),
            completed: CompletedConfig::default(),
            stop_grace: STOP_GRACE,
            body_deadline: BODY_DEADLINE,
            body_budget: BODY_BUDGET,
        }
    }

    /// Sets the public URL of this host: scheme, host and, if any, path prefix.
    ///
    /// # Errors
    ///
    /// [`BuildError`] if `url` is not an http or https URL, or has user info, a query or a fragment.
    pub fn public_url(mut self, url: impl AsRef<str>) -> Result<Self, BuildError> {
        self.ports = self.ports.public_url(url)?;
        Ok(self)
    }

    /// Adds a direction.
    pub fn with(mut self, direction: impl DirectionBuilder + 'static) -> Self {
        self.directions.push(Box::new(direction));
        self
    }

    /// Sets the Greenhouse environment for outbound calls. Default: production.
    pub fn environment(self, environment: Environment) -> Self {
        self.ports(|ports| ports.environment(environment))
    }

    /// Sets the clock. Default: [`SystemClock`](crate::SystemClock).
    pub fn clock(self, clock: impl Clock + 'static) -> Self {
        self.ports(|ports| ports.clock(clock))
    }

    /// Sets the transport for outbound requests. Default: the transport that a direction offers.
    pub fn transport(self, transport: impl HttpTransport + 'static) -> Self {
        self.ports(|ports| ports.transport(transport))
    }

    /// Sets the source of the account settings. Default: the account records in the store.
    pub fn settings(self, settings: Arc<dyn Settings>) -> Self {
        self.ports(|ports| ports.settings(settings))
    }

    /// Sets the account for webhooks whose path has no hook key. Default: none, so such webhooks
    /// are rejected.
    pub fn default_account(self, account: AccountId) -> Self {
        self.ports(|ports| ports.default_account(account))
    }

    /// Sets the retention periods.
    pub fn retention(mut self, retention: RetentionConfig) -> Self {
        self.retention = retention;
        self
    }

    /// Sets the interval and limits of the poll for completed assessments.
    pub fn completed(mut self, completed: CompletedConfig) -> Self {
        self.completed = completed;
        self
    }

    /// Sets the time within which runs in progress may finish after the shutdown. Default: 25 s.
    pub fn stop_grace(mut self, grace: Duration) -> Self {
        self.stop_grace = grace;
        self
    }

    /// Sets the time within which a request body must arrive, for bodies that a web framework
    /// adapter reads. The response to a slower request is 408. Default: 20 s.
    pub fn body_deadline(mut self, deadline: Duration) -> Self {
        self.body_deadline = deadline;
        self
    }

    /// Sets the maximum total size in bytes of the request bodies in memory, for bodies that a web
    /// framework adapter reads. A request for which too few bytes are free receives a 503 response
    /// with `Retry-After`; Greenhouse sends it again. Default: 64 MiB.
    pub fn body_budget(mut self, bytes: usize) -> Self {
        self.body_budget = bytes;
        self
    }

    /// Builds the integration.
    ///
    /// # Errors
    ///
    /// [`BuildError`] if a port or direction is missing, a direction is added twice, or a value is
    /// invalid.
    pub fn build(self) -> Result<Integration, BuildError> {
        let Self {
            mut ports,
            mut directions,
            retention,
            completed,
            stop_grace,
            body_deadline,
            body_budget,
        } = self;
        BuildError::ensure(
            !directions.is_empty(),
            "with",
            || "expected at least one direction, such as Push or Partner, got none",
        )?;
        BuildError::ensure(
            !body_deadline.is_zero(),
            "body_deadline",
            || "expected a duration above 0",
        )?;
        retention.check()?;
        completed.check()?;
        for direction in &mut directions {
            direction.provide(&mut ports);
        }
        let ports = ports.build()?;
        let mut built: Vec<Arc<dyn Direction>> = Vec::new();
        for direction in directions {
            let direction = direction.build(&ports)?;
            let mut known = built.iter();
            BuildError::ensure(
                known.all(|known| known.name() != direction.name()),
                "with",
                || {
                    format!(
                        "expected each direction once, got {} twice",
                        direction.name()
                    )
                },
            )?;
            built.push(direction);
        }
        check_body_budget(body_budget, &built)?;
        let tasks = TaskOperator::new(Arc::clone(ports.store()), Arc::clone(ports.clock()));
        let watch = ClockWatch::new(Arc::clone(ports.store()) as _, Arc::clone(ports.clock()));
        let watch = Arc::new(watch.with_greenhouse(
            Arc::clone(ports.greenhouse_time()),
            Arc::clone(ports.transport()),
            ports.environment().time_source(),
        ));
        let clock = ClockOperator::new(Arc::clone(&watch));
        let account = AccountOperator::new(Arc::clone(ports.store()), Arc::clone(ports.clock()));
        let mut parts: Vec<Arc<dyn OperatorPart>> =
            vec![Arc::new(account), Arc::new(tasks), Arc::new(clock)];
        parts.extend(built.iter().map(|each| each.operator()));
        let log = Arc::clone(ports.store()) as Arc<dyn SyncLog>;
        let operator = OperatorService::new(log, parts).with_clock(Arc::clone(ports.clock()));
        Ok(Integration {
            inner: Arc::new(Inner {
                operator,
                ports,
                directions: built,
                runner: Runner::default(),
                watch,
                retention,
                completed,
                stop_grace,
                body_deadline,
                body_budget: BodyBudget::new(body_budget),
            }),
        })
    }

    fn ports(mut self, change: impl FnOnce(PortsBuilder) -> PortsBuilder) -> Self {
        self.ports = change(self.ports);
        self
    }
}

/// Checks that the budget has room for the largest body of any endpoint.
fn check_body_budget(budget: usize, directions: &[Arc<dyn Direction>]) -> Result<(), BuildError> {
    let routes = PublicRoute::with_bodies();
    let limits = routes.iter().flat_map(|route| {
        let limits = directions.iter().map(|each| each.body_limit(route));
        limits.flatten()
    });
    let largest = limits.max().unwrap_or(0).max(OperatorService::BODY_LIMIT);
    BuildError::ensure(budget >= largest, "body_budget", || {
        format!("expected at least the largest body limit of {largest} bytes, got {budget}")
    })
}

impl fmt::Debug for IntegrationBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IntegrationBuilder")
            .field("retention", &self.retention)
            .field("completed", &self.completed)
            .finish_non_exhaustive()
    }
}

const STOP_GRACE: Duration = Duration::from_secs(25);
const BODY_DEADLINE: Duration = Duration::from_secs(20);
const BODY_BUDGET: usize = 64 * 1024 * 1024;
