//! How the services are put together.

use std::{error::Error, fmt, sync::Arc};

use bytes::{Buf, Bytes};
use futures_core::Stream;
use greenhouse_core::{
    AccountId, ApplicationReader, AssessmentId, Background, BuildError, Clock, answer, body,
    integration::PublicRoute,
    operator::{self, OperatorPart, OperatorService},
    platform::AssessmentPlatform,
    retention::RetentionService,
    store::{Housekeeping, Records, Store, StoreError, SyncLog},
};
use greenhouse_harvest::{HarvestReader, KeepAlive, PushService};
use greenhouse_partner::{PartnerService, Reconciliation};
use http::{Request, Response, StatusCode, request::Parts};
use sqlx_store::SqlxStore;

use crate::{
    Config, Operators, Outside, Program, WebConfig,
    accounts::{self, Listed},
    databases::{self, DatabasesError},
    metrics::{Metrics, MetricsDoor},
    probes::Probes,
    product::ProductDoor,
    request_id::RequestIds,
    reseal::Resealing,
    route::Route,
    watched::Watched,
};

/// The whole service, without a framework: requests in, answers out. It holds no state of its own.
///
/// | path | answered by |
/// |---|---|
/// | `/livez`, `/readyz` | the host, for anybody: whether it lives, whether it can do its work |
/// | `/metrics` | the host, with the token of the metrics |
/// | `/api/integrations/*` | the operator's endpoints, with the operator token of an account |
/// | `/product/*` | the stand-in for the product |
/// | anything else | the partner service: assessment endpoints, report links, webhooks |
pub struct Host {
    partner: Arc<PartnerService>,
    push: Arc<PushService>,
    operator: OperatorService,
    operators: Operators,
    product: Option<ProductDoor>,
    retention: Arc<RetentionService>,
    reconciliation: Arc<Reconciliation>,
    keep_alive: Arc<KeepAlive>,
    resealing: Arc<Resealing>,
    store: Arc<SqlxStore>,
    clock: Arc<dyn Clock>,
    web: WebConfig,
    probes: Probes,
    metrics: Arc<Metrics>,
    metrics_door: MetricsDoor,
    request_ids: RequestIds,
}

impl Host {
    /// Opens the databases and puts the services together, with the stand-in for the product.
    ///
    /// # Errors
    ///
    /// [`HostError`] where a database cannot be opened, or its accounts are none that can be served.
    pub async fn open(config: Config, outside: Outside) -> Result<Self, HostError> {
        Self::put_together(config, outside, None).await
    }

    /// The same before a product of one's own: then nothing is under `/product/`.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub async fn open_before(
        platform: Arc<dyn AssessmentPlatform>,
        config: Config,
        outside: Outside,
    ) -> Result<Self, HostError> {
        Self::put_together(config, outside, Some(platform)).await
    }

    async fn put_together(
        config: Config,
        outside: Outside,
        platform: Option<Arc<dyn AssessmentPlatform>>,
    ) -> Result<Self, HostError> {
        let metrics = Arc::new(Metrics::new(Arc::clone(&outside.clock))?);
        let store = Arc::new(databases::open(&config).await?);
        let all = metrics.watch(Arc::clone(&store) as Arc<dyn Store>);
        check_accounts(&store, config.default_account.as_ref()).await?;
        let (platform, stand_in) = match platform {
            Some(platform) => (platform, None),
            None => {
                let product = Arc::new(databases::open_product(&config).await?);
                (Arc::clone(&product) as _, Some(product))
            }
        };
        let accounts: Arc<dyn Records> = Arc::clone(&all) as _;
        let ports = outside.ports(&config, Arc::clone(&platform), &all, None)?;
        let clients = outside.clients(&config, &ports);
        let clients = Arc::new(clients.observer(metrics.harvest()).build()?);
        let reader: Arc<dyn ApplicationReader> = Arc::new(HarvestReader::new(Arc::clone(&clients)));

        let mut partner_config = config.partner.clone();
        partner_config.callback = outside.callbacks.clone();
        let ports = outside.ports(&config, platform, &all, Some(reader))?;
        let partner = PartnerService::builder(&ports).config(partner_config);
        let partner = Arc::new(partner.build()?);
        let reconciliation = Arc::new(partner.reconciliation());
        let keep_alive = Arc::new(KeepAlive::new(
            Arc::clone(&clients),
            Arc::clone(&accounts),
            Arc::clone(&outside.clock),
        ));
        let push = PushService::builder(&ports)
            .clients(clients)
            .config(config.push);
        let push = Arc::new(push.build()?);
        let parts: Vec<Arc<dyn OperatorPart>> =
            vec![Arc::clone(&push) as _, Arc::clone(&partner) as _];
        Ok(Self {
            operator: OperatorService::new(Arc::clone(&all) as Arc<dyn SyncLog>, parts),
            operators: Operators::new(accounts),
            keep_alive,
            reconciliation,
            resealing: Arc::new(Resealing::new(
                Arc::clone(&store),
                Arc::clone(&outside.clock),
            )),
            retention: Arc::new(RetentionService::new(
                Arc::clone(&all) as Arc<dyn Housekeeping>,
                Arc::clone(&outside.clock),
                config.retention,
            )),
            store,
            probes: Probes::new(Arc::clone(&all), Arc::clone(&outside.clock)),
            metrics_door: MetricsDoor::new(
                Arc::clone(&metrics),
                all,
                Arc::clone(&outside.clock),
                config.metrics,
            ),
            metrics,
            request_ids: RequestIds::new(outside.clock.as_ref()),
            clock: Arc::clone(&outside.clock),
            web: config.web,
            product: stand_in.map(|product| {
                ProductDoor::new(
                    product,
                    Arc::clone(&partner),
                    Arc::clone(&push),
                    outside.clock,
                )
            }),
            partner,
            push,
        })
    }

    /// The product tells that an assessment changed: both directions take note. Repeating it changes nothing, and one that
    /// failed is worth another call.
    ///
    /// # Errors
    ///
    /// What kept one of the two from taking note.
    pub async fn assessment_changed(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        self.partner.assessment_changed(account, assessment).await?;
        self.push.assessment_changed(account, assessment).await?;
        Ok(())
    }

    /// The services with work in the background; the host runs each in a loop.
    pub fn background(&self) -> Vec<Arc<dyn Background>> {
        vec![
            Arc::clone(&self.partner) as _,
            Arc::clone(&self.push) as _,
            Arc::clone(&self.retention) as _,
            Arc::clone(&self.keep_alive) as _,
            Arc::clone(&self.reconciliation) as _,
            Arc::clone(&self.resealing) as _,
        ]
    }

    /// Compares pushed applications with Greenhouse; the host does so on a schedule.
    pub fn reconciliation(&self) -> &Reconciliation {
        &self.reconciliation
    }

    /// The host is being stopped: it is not ready any more, and no push goes on to its next write. See
    /// [`PushService::stop`].
    pub fn stop(&self) {
        self.probes.stop();
        self.push.stop();
    }

    /// Closes the database of the integration, so that its file is whole without the log beside it. What comes after is
    /// answered with 503.
    pub async fn close(&self) {
        self.store.close().await;
    }

    /// What a server is to keep to, and the clock that it keeps it by.
    pub(crate) fn web(&self) -> (&WebConfig, Arc<dyn Clock>) {
        (&self.web, Arc::clone(&self.clock))
    }

    /// Waits as long as a host that is being stopped still answers what it has accepted.
    pub(crate) async fn grace(&self) {
        self.clock.sleep(self.web.stop_grace).await;
    }

    /// Reads the body of a request, and answers it: what a framework calls. Total: whatever comes in, something goes out.
    ///
    /// The limit is kept while the body is read, whether it says how long it is or not, and the whole body has one
    /// deadline: 413 where it is longer, 408 where it is slower.
    pub async fn answer<D: Buf, E: fmt::Display>(
        &self,
        request: Request<impl Stream<Item = Result<D, E>>>,
    ) -> Response<Bytes> {
        let (parts, chunks) = request.into_parts();
        let watched = self.watched(&parts);
        watched
            .answer(async {
                let limit = self.body_limit(&parts);
                let deadline = self.web.body_deadline;
                let clock = self.clock.as_ref();
                match body::read(&parts.headers, chunks, limit, deadline, clock).await {
                    Ok(bytes) => self.dispatch(Request::from_parts(parts, bytes)).await,
                    Err(refused) => refused,
                }
            })
            .await
    }

    /// How many bytes of a request's body are read before [`handle`](Self::handle) is called.
    pub fn body_limit(&self, parts: &Parts) -> usize {
        match Route::of(parts.uri.path()) {
            Route::Live | Route::Ready | Route::Metrics => PROBE_BODY_LIMIT,
            Route::Operator => OperatorService::body_limit(parts),
            Route::Product => PRODUCT_BODY_LIMIT,
            Route::Partner => PublicRoute::parse(parts.uri.path())
                .map_or(PROBE_BODY_LIMIT, |route| self.partner.body_limit(&route)),
        }
    }

    /// Answers one request whose body was read. Total: whatever comes in, something goes out.
    pub async fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        let (parts, body) = request.into_parts();
        let watched = self.watched(&parts);
        let request = Request::from_parts(parts, body);
        watched.answer(self.dispatch(request)).await
    }

    fn watched(&self, parts: &Parts) -> Watched<'_> {
        Watched::new(&self.metrics, &self.request_ids, parts)
    }

    async fn dispatch(&self, mut request: Request<Bytes>) -> Response<Bytes> {
        match Route::of(request.uri().path()) {
            Route::Live => Probes::live(request.method()),
            Route::Ready => self.probes.ready(request.method()).await,
            Route::Metrics => {
                let door = &self.metrics_door;
                door.answer(request.method(), request.headers()).await
            }
            Route::Operator => match self.operators.account(request.headers()).await {
                Ok(account) => {
                    if let Some(account) = account {
                        request.extensions_mut().insert(account);
                    }
                    self.operator.handle(request).await
                }
                Err(error) => unknown_operator(&error),
            },
            Route::Product => {
                let Some(product) = &self.product else {
                    return operator::not_found();
                };
                match self.operators.account(request.headers()).await {
                    Ok(account) => product.handle(account.as_ref(), &request).await,
                    Err(error) => unknown_operator(&error),
                }
            }
            Route::Partner => self.partner.handle(request).await,
        }
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host").finish_non_exhaustive()
    }
}

/// Whether every account can be served, and there is one.
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

/// Nobody is turned away for a token that could not be looked up.
fn unknown_operator(error: &StoreError) -> Response<Bytes> {
    tracing::warn!(%error, "an operator token could not be looked up");
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
    /// Nobody is served.
    #[error(
        "there is no account in the database: bring one in with `{program} accounts apply --config FILE ACCOUNTS`",
        program = Program::this()
    )]
    NoAccount,
    /// Everybody would be locked out of an account's operator's endpoints.
    #[error(
        "account {0} has no operator token: make one with `{program} keys operator`, and bring it in with `{program} \
         accounts apply`",
        program = Program::this()
    )]
    NoOperatorToken(AccountId),
    /// The bare webhook path needs an account that exists.
    #[error("default_account: there is no account {0} in the database")]
    UnknownDefault(AccountId),
    /// Nothing can be counted.
    #[error("the metrics cannot be set up")]
    Metrics(#[from] prometheus::Error),
    /// A value of the configuration cannot work.
    #[error(transparent)]
    Configuration(#[from] BuildError),
}

const PRODUCT_BODY_LIMIT: usize = 64 * 1024;

/// Nobody reads it.
const PROBE_BODY_LIMIT: usize = 1024;
