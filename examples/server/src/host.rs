//! The whole service: the integration, the host's own endpoints and the demo product.

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
use http::{Method, Request, Response, StatusCode, request::Parts};
use sqlx_store::SqlxStore;

use crate::{
    Config, HostEnvironment, Program, WebConfig,
    accounts::{self, ListedAccount},
    databases::{self, DatabasesError},
    metrics::{Metrics, MetricsEndpoint},
    pages::Pages,
    probes::{Probes, Unready},
    product::ProductApi,
    request_id::RequestIds,
    route::Route,
    tracked_request::TrackedRequest,
};

/// The whole service, without a framework. All of its state is in the database.
///
/// | path | answered by |
/// |---|---|
/// | `/livez`, `/readyz` | the host, without authentication |
/// | `/metrics` | the host, if the request has the metrics token |
/// | `/console`, `/console/*` | the console, for users who have signed in with an operator token |
/// | `/api/integrations/greenhouse/*` | the integration, for an account's operator token |
/// | `/product/*` | the demo product |
/// | anything else | the integration: assessment endpoints, report links, webhooks |
///
/// An adapter routes the paths of the integration itself, and passes other paths to
/// [`own`](Self::own). Without an adapter, [`answer`](Self::answer) answers every path.
pub struct Host {
    greenhouse: Integration,
    reconciliation: Reconciliation,
    product: Option<ProductApi>,
    clock: Arc<dyn Clock>,
    web: WebConfig,
    pages: Option<Pages>,
    probes: Probes,
    metrics: Arc<Metrics>,
    metrics_endpoint: MetricsEndpoint,
    request_ids: RequestIds,
}

impl Host {
    /// Opens the databases and builds the service with the demo product.
    ///
    /// # Errors
    ///
    /// Returns [`HostError`] if a database cannot be opened, if its accounts are missing or
    /// incomplete, or if the configuration is invalid.
    pub async fn open(config: Config, environment: HostEnvironment) -> Result<Self, HostError> {
        let store = databases::open(&config).await?;
        check_accounts(&store, config.default_account.as_ref()).await?;
        let product = Arc::new(databases::open_product(&config).await?);
        let mut host = Self::build(Arc::clone(&product) as _, store, config, environment)?;
        let clock = Arc::clone(&host.clock);
        host.product = Some(ProductApi::new(product, host.greenhouse.clone(), clock));
        Ok(host)
    }

    /// Opens the database and builds the service with your own product. Paths under `/product/`
    /// return 404.
    ///
    /// # Errors
    ///
    /// Returns [`HostError`] if the database cannot be opened, if its accounts are missing or
    /// incomplete, or if the configuration is invalid.
    pub async fn open_with_product(
        platform: Arc<dyn AssessmentPlatform>,
        config: Config,
        environment: HostEnvironment,
    ) -> Result<Self, HostError> {
        let store = databases::open(&config).await?;
        check_accounts(&store, config.default_account.as_ref()).await?;
        Self::build(platform, store, config, environment)
    }

    fn build(
        platform: Arc<dyn AssessmentPlatform>,
        store: SqlxStore,
        config: Config,
        environment: HostEnvironment,
    ) -> Result<Self, HostError> {
        let clock = Arc::clone(&environment.clock);
        let metrics = Arc::new(Metrics::new(Arc::clone(&clock))?);
        let own_store = Arc::new(store);
        let store = metrics.meter(Arc::clone(&own_store) as _);
        let observer = metrics.harvest();
        let greenhouse = integration(&config, &environment, platform, store, Some(observer))?;
        let partner = PartnerService::builder(greenhouse.ports()).config(config.partner);
        Ok(Self {
            reconciliation: partner.build()?.reconciliation(),
            product: None,
            pages: config.web.console.then(|| {
                let url = &config.public_url;
                Pages::new(&greenhouse, own_store, config.master_keys, url)
            }),
            web: config.web,
            probes: {
                let store = Arc::clone(greenhouse.ports().store());
                let (greenhouse, metrics) = (greenhouse.clone(), Arc::clone(&metrics));
                let check_process = move || match greenhouse.status().is_running() {
                    false => Err(Unready::TaskStopped),
                    true if metrics.is_disk_full() => Err(Unready::DiskFull),
                    true => Ok(()),
                };
                Probes::new(store, Arc::clone(&clock), check_process)
            },
            metrics_endpoint: MetricsEndpoint::new(
                Arc::clone(&metrics),
                Arc::clone(greenhouse.ports().store()),
                Arc::clone(&clock),
                greenhouse.body_budget().clone(),
                config.metrics,
            ),
            metrics,
            request_ids: RequestIds::new(clock.as_ref()),
            clock,
            greenhouse,
        })
    }

    /// Returns the integration.
    pub fn greenhouse(&self) -> &Integration {
        &self.greenhouse
    }

    /// Records that an assessment has changed in the product.
    ///
    /// # Errors
    ///
    /// Returns [`ChangeError`] if the change was not recorded. Repeat the call.
    pub async fn assessment_changed(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<(), ChangeError> {
        self.greenhouse
            .assessment_changed(account, assessment)
            .await
    }

    /// Returns the background tasks, which [`Integration::run`] runs.
    pub fn background(&self) -> Vec<Arc<dyn Background>> {
        self.greenhouse.background()
    }

    /// Returns the comparison of pushed applications with Greenhouse. The background tasks run it
    /// on a schedule.
    pub fn reconciliation(&self) -> &Reconciliation {
        &self.reconciliation
    }

    /// Begins the shutdown: the host is no longer ready, and pushes stop before their next write.
    pub fn stop(&self) {
        self.probes.stop();
        self.greenhouse.stop();
    }

    /// Closes the database. Later requests are answered with 503.
    pub async fn close(&self) {
        self.greenhouse.ports().store().close().await;
    }

    /// Returns the limits for a server, and the clock for its deadlines.
    pub(crate) fn web(&self) -> (&WebConfig, Arc<dyn Clock>) {
        (&self.web, Arc::clone(&self.clock))
    }

    /// Waits for `stop_grace`: the time in which a stopping host still answers accepted requests.
    pub(crate) async fn grace(&self) {
        self.clock.sleep(self.web.stop_grace).await;
    }

    /// Answers any request. A body above the size limit is answered with 413, a slow one with 408.
    pub async fn answer<D: Buf, E: fmt::Display>(
        &self,
        request: Request<impl Stream<Item = Result<D, E>>>,
    ) -> Response<Bytes> {
        let (head, chunks) = request.into_parts();
        let tracked = self.track(&head);
        let request = Request::from_parts(head, chunks);
        let greenhouse = &self.greenhouse;
        tracked
            .run(async {
                match Route::of(request.uri().path()) {
                    Route::Public => greenhouse.handle_streamed(request).await,
                    Route::Operator => greenhouse.operator_with_token_streamed(request).await,
                    _ => self.own(request).await,
                }
            })
            .await
    }

    /// Answers any request whose body is in memory.
    pub async fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        let whole = |body| stream::iter([Ok::<_, Infallible>(body)]);
        self.answer(request.map(whole)).await
    }

    /// Answers requests to the host's own endpoints and to the demo product. Passes other paths to
    /// the public endpoints of the integration.
    pub async fn own<D: Buf, E: fmt::Display>(
        &self,
        request: Request<impl Stream<Item = Result<D, E>>>,
    ) -> Response<Bytes> {
        let (head, chunks) = request.into_parts();
        let (method, headers) = (&head.method, &head.headers);
        match Route::of(head.uri.path()) {
            Route::Live => Probes::live(method),
            Route::Ready => self.probes.ready(method).await,
            Route::Metrics => self.metrics_endpoint.answer(method, headers).await,
            Route::Console => match &self.pages {
                Some(pages) => pages.answer(head, chunks).await,
                None => answer::not_found(),
            },
            Route::Product => self.product(head, chunks).await,
            Route::Public | Route::Operator => {
                let request = Request::from_parts(head, chunks);
                self.greenhouse.handle_streamed(request).await
            }
        }
    }

    /// Answers a request to the demo product. Reads the body only if the operator token is valid,
    /// and never for a GET request.
    async fn product<D: Buf, E: fmt::Display>(
        &self,
        head: Parts,
        chunks: impl Stream<Item = Result<D, E>>,
    ) -> Response<Bytes> {
        let Some(product) = &self.product else {
            return operator::not_found();
        };
        let account = match self.greenhouse.account_of_operator(&head.headers).await {
            Ok(account) => account,
            Err(error) => return unknown_operator(&error),
        };
        if account.is_none() || head.method == Method::GET {
            let request = Request::from_parts(head, Bytes::new());
            return product.handle(account.as_ref(), &request).await;
        }
        let (deadline, clock) = (self.web.body_deadline, self.clock.as_ref());
        let (limit, budget) = (PRODUCT_BODY_LIMIT, self.greenhouse.body_budget());
        match body::read(&head.headers, chunks, limit, deadline, clock, budget).await {
            Ok(held) => {
                let request = Request::from_parts(head, held.bytes().clone());
                product.handle(account.as_ref(), &request).await
            }
            Err(rejection) => rejection,
        }
    }

    /// Starts the metrics and the log span of a request.
    pub(crate) fn track(&self, head: &Parts) -> TrackedRequest<'_> {
        TrackedRequest::new(&self.metrics, &self.request_ids, head)
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host").finish_non_exhaustive()
    }
}

/// Builds the integration from the configuration.
pub(crate) fn integration(
    config: &Config,
    environment: &HostEnvironment,
    product: Arc<dyn AssessmentPlatform>,
    store: Arc<dyn Store>,
    observer: Option<Arc<dyn HarvestObserver>>,
) -> Result<Integration, BuildError> {
    let mut push = Push::new(Arc::clone(&environment.transport))
        .config(config.push)
        .tokens(config.tokens);
    if let Some(observer) = observer {
        push = push.observer(observer);
    }
    let mut builder = Integration::builder(product, store)
        .public_url(config.public_url.as_str())?
        .environment(environment.environment.clone())
        .clock(Arc::clone(&environment.clock))
        .retention(config.retention)
        .body_deadline(config.web.body_deadline)
        .body_budget(config.web.body_budget)
        .with(Partner::new().config(config.partner.clone()))
        .with(push);
    if let Some(account) = &config.default_account {
        builder = builder.default_account(account.clone());
    }
    builder.build()
}

/// Checks that there is an account, that each has an operator token, and that the default account
/// exists.
async fn check_accounts(
    store: &SqlxStore,
    default_account: Option<&AccountId>,
) -> Result<(), HostError> {
    let mut count = 0_usize;
    let mut without_token = None;
    accounts::list(store, |ListedAccount { id, record, .. }| {
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

/// Response if the operator token could not be looked up. The token may be valid, so the status is
/// 503 instead of 401.
fn unknown_operator(error: &StoreError) -> Response<Bytes> {
    tracing::warn!(error = %chain(error), "operator token could not be looked up in the database");
    answer::problem(
        StatusCode::SERVICE_UNAVAILABLE,
        "unavailable",
        "the database is unavailable; try again",
    )
}

/// Error returned by [`Host::open`] and [`Host::open_with_product`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HostError {
    /// A database cannot be used.
    #[error(transparent)]
    Databases(#[from] DatabasesError),
    /// Accounts in the database cannot be read.
    #[error("the accounts in the database cannot be read")]
    Accounts(#[from] StoreError),
    /// The database contains no accounts.
    #[error(
        "the database contains no accounts; create one with `{program} accounts apply --config \
         FILE ACCOUNTS`",
        program = Program::this()
    )]
    NoAccount,
    /// An account has no operator token.
    #[error(
        "account {0} has no operator token; create one with `{program} keys operator`, and save \
         its digest with `{program} accounts apply`",
        program = Program::this()
    )]
    NoOperatorToken(AccountId),
    /// The default account does not exist.
    #[error(
        "`default_account` is {0}, but this account does not exist; correct the setting or create the account"
    )]
    UnknownDefault(AccountId),
    /// A metric cannot be registered.
    #[error("a metric cannot be registered")]
    Metrics(#[from] prometheus::Error),
    /// The configuration is invalid.
    #[error(transparent)]
    Build(#[from] BuildError),
}

const PRODUCT_BODY_LIMIT: usize = 64 * 1024;
