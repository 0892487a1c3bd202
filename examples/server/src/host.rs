//! The service: the integration, and the endpoints of the host around it.

use std::{convert::Infallible, fmt, sync::Arc};

use bytes::{Buf, Bytes};
use futures_util::{Stream, stream};
use greenhouse_core::{
    AccountId, AssessmentId, Background, BuildError, Clock, answer, body, chain,
    integration::{ChangeError, Integration},
    operator,
    platform::AssessmentPlatform,
    store::{Records, Store, StoreError},
};
use greenhouse_harvest::{HarvestObserver, Push};
use greenhouse_partner::{Partner, PartnerService, Reconciliation};
use http::{Request, Response, StatusCode, request::Parts};
use sqlx_store::SqlxStore;

use crate::{
    Config, Outside, Program, WebConfig,
    accounts::{self, Listed},
    databases::{self, DatabasesError},
    metrics::{Metrics, MetricsDoor},
    probes::{Probes, Unready},
    product::ProductDoor,
    request_id::RequestIds,
    route::Route,
    watched::Watched,
};

/// The whole service, without a framework. It has no state of its own.
///
/// | path | answered by |
/// |---|---|
/// | `/livez`, `/readyz` | the host, for everybody: is it alive, can it work |
/// | `/metrics` | the host, with the token of the metrics |
/// | `/api/integrations/greenhouse/*` | the integration, with the operator token of an account |
/// | `/product/*` | the stand-in for the product |
/// | anything else | the integration: assessment endpoints, report links, webhooks |
///
/// An adapter routes to the integration by itself, and to [`own`](Self::own) for the rest. Without an adapter,
/// [`answer`](Self::answer) is the whole service.
pub struct Host {
    greenhouse: Integration,
    reconciliation: Reconciliation,
    product: Option<ProductDoor>,
    clock: Arc<dyn Clock>,
    web: WebConfig,
    probes: Probes,
    metrics: Arc<Metrics>,
    metrics_door: MetricsDoor,
    request_ids: RequestIds,
}

impl Host {
    /// Opens the databases and builds the service, with the stand-in for the product.
    ///
    /// # Errors
    ///
    /// [`HostError`] if a database cannot be opened, or its accounts cannot be served.
    pub async fn open(config: Config, outside: Outside) -> Result<Self, HostError> {
        let store = databases::open(&config).await?;
        check_accounts(&store, config.default_account.as_ref()).await?;
        let product = Arc::new(databases::open_product(&config).await?);
        let mut host = Self::build(Arc::clone(&product) as _, store, config, outside)?;
        let clock = Arc::clone(&host.clock);
        host.product = Some(ProductDoor::new(product, host.greenhouse.clone(), clock));
        Ok(host)
    }

    /// The same with another product. There is nothing under `/product/` then.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub async fn open_before(
        platform: Arc<dyn AssessmentPlatform>,
        config: Config,
        outside: Outside,
    ) -> Result<Self, HostError> {
        let store = databases::open(&config).await?;
        check_accounts(&store, config.default_account.as_ref()).await?;
        Self::build(platform, store, config, outside)
    }

    fn build(
        platform: Arc<dyn AssessmentPlatform>,
        store: SqlxStore,
        config: Config,
        outside: Outside,
    ) -> Result<Self, HostError> {
        let clock = Arc::clone(&outside.clock);
        let metrics = Arc::new(Metrics::new(Arc::clone(&clock))?);
        let store = metrics.watch(Arc::new(store));
        let observer = metrics.harvest();
        let greenhouse = integration(&config, &outside, platform, store, Some(observer))?;
        let partner = PartnerService::builder(greenhouse.ports()).config(config.partner);
        Ok(Self {
            reconciliation: partner.build()?.reconciliation(),
            product: None,
            web: config.web,
            probes: {
                let store = Arc::clone(greenhouse.ports().store());
                let (greenhouse, metrics) = (greenhouse.clone(), Arc::clone(&metrics));
                let vitals = move || match greenhouse.status().is_running() {
                    false => Err(Unready::Halted),
                    true if metrics.is_disk_full() => Err(Unready::Full),
                    true => Ok(()),
                };
                Probes::new(store, Arc::clone(&clock), vitals)
            },
            metrics_door: MetricsDoor::new(
                Arc::clone(&metrics),
                Arc::clone(greenhouse.ports().store()),
                Arc::clone(&clock),
                config.metrics,
            ),
            metrics,
            request_ids: RequestIds::new(clock.as_ref()),
            clock,
            greenhouse,
        })
    }

    /// The integration.
    pub fn greenhouse(&self) -> &Integration {
        &self.greenhouse
    }

    /// Takes note that an assessment has changed in the product.
    ///
    /// # Errors
    ///
    /// [`ChangeError`]; repeat the call.
    pub async fn assessment_changed(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<(), ChangeError> {
        self.greenhouse
            .assessment_changed(account, assessment)
            .await
    }

    /// The background tasks. [`Integration::run`] runs them.
    pub fn background(&self) -> Vec<Arc<dyn Background>> {
        self.greenhouse.background()
    }

    /// Compares pushed applications with Greenhouse. The background tasks do so on a schedule.
    pub fn reconciliation(&self) -> &Reconciliation {
        &self.reconciliation
    }

    /// The host is being stopped: it is not ready, and no push goes on to its next write.
    pub fn stop(&self) {
        self.probes.stop();
        self.greenhouse.stop();
    }

    /// Closes the database. Later requests are answered with 503.
    pub async fn close(&self) {
        self.greenhouse.ports().store().close().await;
    }

    /// Limits for a server, and the clock that measures them.
    pub(crate) fn web(&self) -> (&WebConfig, Arc<dyn Clock>) {
        (&self.web, Arc::clone(&self.clock))
    }

    /// Waits for as long as a host that is being stopped still answers accepted requests.
    pub(crate) async fn grace(&self) {
        self.clock.sleep(self.web.stop_grace).await;
    }

    /// Answers any request, reading its body within the limits: 413 to a longer body, 408 to a slower one.
    pub async fn answer<D: Buf, E: fmt::Display>(
        &self,
        request: Request<impl Stream<Item = Result<D, E>>>,
    ) -> Response<Bytes> {
        let (head, chunks) = request.into_parts();
        let watched = self.watched(&head);
        let request = Request::from_parts(head, chunks);
        let greenhouse = &self.greenhouse;
        watched
            .answer(async {
                match Route::of(request.uri().path()) {
                    Route::Public => greenhouse.handle_streamed(request).await,
                    Route::Operator => greenhouse.operator_with_token_streamed(request).await,
                    _ => self.own(request).await,
                }
            })
            .await
    }

    /// Answers any request whose body was read.
    pub async fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        let whole = |body| stream::iter([Ok::<_, Infallible>(body)]);
        self.answer(request.map(whole)).await
    }

    /// Answers requests to the host itself and to the stand-in for the product. Others are not found.
    pub async fn own<D: Buf, E: fmt::Display>(
        &self,
        request: Request<impl Stream<Item = Result<D, E>>>,
    ) -> Response<Bytes> {
        let (head, chunks) = request.into_parts();
        let (method, headers) = (&head.method, &head.headers);
        match Route::of(head.uri.path()) {
            Route::Live => Probes::live(method),
            Route::Ready => self.probes.ready(method).await,
            Route::Metrics => self.metrics_door.answer(method, headers).await,
            Route::Product => {
                let (deadline, clock) = (self.web.body_deadline, self.clock.as_ref());
                match body::read(headers, chunks, OWN_BODY_LIMIT, deadline, clock).await {
                    Ok(body) => self.product(Request::from_parts(head, body)).await,
                    Err(refused) => refused,
                }
            }
            Route::Public | Route::Operator => {
                let request = Request::from_parts(head, chunks);
                self.greenhouse.handle_streamed(request).await
            }
        }
    }

    async fn product(&self, request: Request<Bytes>) -> Response<Bytes> {
        let account = self.greenhouse.account_of_operator(request.headers()).await;
        match (account, &self.product) {
            (Err(error), _) => unknown_operator(&error),
            (Ok(account), Some(product)) => product.handle(account.as_ref(), &request).await,
            (Ok(_), None) => operator::not_found(),
        }
    }

    /// Begins to count and time a request.
    pub(crate) fn watched(&self, head: &Parts) -> Watched<'_> {
        Watched::new(&self.metrics, &self.request_ids, head)
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host").finish_non_exhaustive()
    }
}

/// The integration as it is configured.
pub(crate) fn integration(
    config: &Config,
    outside: &Outside,
    product: Arc<dyn AssessmentPlatform>,
    store: Arc<dyn Store>,
    observer: Option<Arc<dyn HarvestObserver>>,
) -> Result<Integration, BuildError> {
    let mut push = Push::new(Arc::clone(&outside.transport))
        .config(config.push)
        .tokens(config.tokens);
    if let Some(observer) = observer {
        push = push.observer(observer);
    }
    let mut builder = Integration::builder(product, store)
        .public_url(config.public_url.as_str())?
        .environment(outside.environment.clone())
        .clock(Arc::clone(&outside.clock))
        .retention(config.retention)
        .body_deadline(config.web.body_deadline)
        .with(Partner::new().config(config.partner.clone()))
        .with(push);
    if let Some(account) = &config.default_account {
        builder = builder.default_account(account.clone());
    }
    builder.build()
}

/// Checks that there are accounts, and that each can be served.
async fn check_accounts(
    store: &SqlxStore,
    default_account: Option<&AccountId>,
) -> Result<(), HostError> {
    let mut count = 0_usize;
    let mut without_token = None;
    accounts::list(store, |Listed { id, record, .. }| {
        count += 1;
        if record.operator_tokens.is_empty() {
            without_token.get_or_insert(id);
        }
    })
    .await?;
    if count == 0 {
        return Err(HostError::NoAccount);
    }
    if let Some(account) = without_token {
        return Err(HostError::NoOperatorToken(account));
    }
    match default_account {
        Some(id) if store.account(id).await?.is_none() => {
            Err(HostError::UnknownDefault(id.clone()))
        }
        _ => Ok(()),
    }
}

/// A token that could not be looked up is not refused.
fn unknown_operator(error: &StoreError) -> Response<Bytes> {
    tracing::warn!(error = %chain(error), "operator token could not be looked up");
    answer::problem(
        StatusCode::SERVICE_UNAVAILABLE,
        "unavailable",
        "the database cannot be asked at the moment; try again",
    )
}

/// Why the host cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HostError {
    /// A database cannot be used.
    #[error(transparent)]
    Databases(#[from] DatabasesError),
    /// The accounts in the database cannot be read.
    #[error("the accounts in the database cannot be read")]
    Accounts(#[from] StoreError),
    /// The database has no account.
    #[error(
        "there is no account in the database: bring one in with `{program} accounts apply --config FILE ACCOUNTS`",
        program = Program::this()
    )]
    NoAccount,
    /// An account without an operator token cannot be operated.
    #[error(
        "account {0} has no operator token: make one with `{program} keys operator`, and bring it in with `{program} \
         accounts apply`",
        program = Program::this()
    )]
    NoOperatorToken(AccountId),
    /// The webhook path without a key needs an account that exists.
    #[error("default_account: there is no account {0} in the database")]
    UnknownDefault(AccountId),
    /// The metrics cannot be registered.
    #[error("the metrics cannot be set up")]
    Metrics(#[from] prometheus::Error),
    /// The configuration cannot work.
    #[error(transparent)]
    Build(#[from] BuildError),
}

const OWN_BODY_LIMIT: usize = 64 * 1024;
