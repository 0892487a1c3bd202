//! How the services are put together.

use std::{error::Error, fmt, sync::Arc};

use bytes::Bytes;
use demo_product::DemoProduct;
use greenhouse_core::{
    ApplicationReader, Background, Clock, HttpTransport,
    operator::{OperatorPart, OperatorService},
    platform::AssessmentPlatform,
    settings::Settings,
    store::{Store, SyncLog},
};
use greenhouse_harvest::{
    HarvestClients, HarvestEndpoints, HarvestReader, PushConfig, PushParts, PushService,
};
use greenhouse_partner::{CallbackPolicy, PartnerConfig, PartnerParts, PartnerService};
use http::{Request, Response, request::Parts};
use sqlx_store::{MasterKey, MasterKeys, SqlxStore};

use crate::{Config, ConfigError, OperatorTokens, product::ProductDoor};

/// The whole service, without a framework: requests in, answers out. It holds no state of its own.
///
/// | path | answered by |
/// |---|---|
/// | `/api/integrations/*` | the operator's endpoints, with the operator token of an account |
/// | `/product/*` | the stand-in for the product |
/// | anything else | the partner service: assessment endpoints, report links, webhooks |
pub struct Host {
    partner: Arc<PartnerService>,
    push: Arc<PushService>,
    operator: OperatorService,
    operators: OperatorTokens,
    product: ProductDoor,
    store: Arc<SqlxStore>,
}

/// The world outside: where Greenhouse is, how it is reached, and what time it is.
#[derive(Debug, Clone)]
pub struct Outside {
    /// Where Harvest and its token endpoint are.
    pub harvest: HarvestEndpoints,
    /// Where completion calls may go.
    pub callbacks: CallbackPolicy,
    /// Carries requests to Greenhouse.
    pub transport: Arc<dyn HttpTransport>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Host {
    /// Opens the databases and puts the services together.
    ///
    /// # Errors
    ///
    /// [`HostError`] where the configuration contradicts itself or a database cannot be opened.
    pub async fn open(config: Config, outside: Outside) -> Result<Self, HostError> {
        let operators = config.operators()?;
        let settings: Arc<dyn Settings> = Arc::new(config.settings()?);
        let reports = Arc::new(config.reports(Arc::clone(&settings))?);
        let key = MasterKey::generate().map_err(|error| HostError::Store(error.into()))?;
        let store: Arc<SqlxStore> = Arc::new(
            SqlxStore::open(&config.database, MasterKeys::new(key, []))
                .await
                .map_err(|error| HostError::Store(error.into()))?,
        );
        let product = Arc::new(product(&config).await.map_err(HostError::Product)?);

        let clients = Arc::new(HarvestClients::new(
            Arc::clone(&settings),
            Arc::clone(&outside.transport),
            Arc::clone(&outside.clock),
            outside.harvest,
        ));
        let reader: Arc<dyn ApplicationReader> = Arc::new(HarvestReader::new(Arc::clone(&clients)));
        let platform: Arc<dyn AssessmentPlatform> = Arc::clone(&product) as _;
        let all: Arc<dyn Store> = Arc::clone(&store) as _;

        let mut partner_config = PartnerConfig::default();
        partner_config.callback = outside.callbacks;
        let partner = Arc::new(PartnerService::new(PartnerParts {
            store: Arc::clone(&all),
            settings,
            platform: Arc::clone(&platform),
            transport: outside.transport,
            clock: Arc::clone(&outside.clock),
            reports: Arc::clone(&reports),
            reader: Some(reader),
            config: partner_config,
        }));
        let push = Arc::new(PushService::new(PushParts {
            store: all,
            platform,
            clients,
            clock: Arc::clone(&outside.clock),
            reports: Some(reports),
            config: PushConfig::default(),
        }));
        let parts: Vec<Arc<dyn OperatorPart>> =
            vec![Arc::clone(&push) as _, Arc::clone(&partner) as _];
        Ok(Self {
            operator: OperatorService::new(Arc::clone(&store) as Arc<dyn SyncLog>, parts),
            store,
            operators,
            product: ProductDoor::new(
                product,
                Arc::clone(&partner),
                Arc::clone(&push),
                outside.clock,
            ),
            partner,
            push,
        })
    }

    /// The services with work in the background; the host runs each in a loop.
    pub fn background(&self) -> Vec<Arc<dyn Background>> {
        vec![Arc::clone(&self.partner) as _, Arc::clone(&self.push) as _]
    }

    /// Closes the database of the integration, so that its file is whole without the log beside it. What comes after is
    /// answered with 503.
    pub async fn close(&self) {
        self.store.close().await;
    }

    /// How many bytes of a request's body the framework reads before it calls [`handle`](Self::handle).
    pub fn body_limit(&self, parts: &Parts) -> usize {
        match Route::of(parts.uri.path()) {
            Route::Operator => OperatorService::body_limit(parts),
            Route::Product => PRODUCT_BODY_LIMIT,
            Route::Partner => self.partner.body_limit(parts),
        }
    }

    /// Answers one request. Total: whatever comes in, something goes out.
    pub async fn handle(&self, mut request: Request<Bytes>) -> Response<Bytes> {
        match Route::of(request.uri().path()) {
            Route::Operator => {
                if let Some(account) = self.operators.account(request.headers()) {
                    let account = account.clone();
                    request.extensions_mut().insert(account);
                }
                self.operator.handle(request).await
            }
            Route::Product => {
                let account = self.operators.account(request.headers());
                self.product.handle(account, &request).await
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

enum Route {
    Operator,
    Product,
    Partner,
}

impl Route {
    fn of(path: &str) -> Self {
        if path.starts_with("/api/integrations/") {
            Self::Operator
        } else if path.starts_with("/product/") {
            Self::Product
        } else {
            Self::Partner
        }
    }
}

async fn product(config: &Config) -> Result<DemoProduct, BoxError> {
    let product = DemoProduct::open(&config.product_database, config.public_url.clone()).await?;
    for account in &config.accounts {
        for scenario in &account.scenarios {
            product.add_scenario(&account.id, scenario).await?;
        }
        for job in &account.product_jobs {
            product.add_job(&account.id, job).await?;
        }
    }
    Ok(product)
}

/// Why the host cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HostError {
    /// The configuration contradicts itself.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The integration's database cannot be used.
    #[error("the database of the integration cannot be opened")]
    Store(#[source] BoxError),
    /// The product's database cannot be used.
    #[error("the database of the product cannot be opened")]
    Product(#[source] BoxError),
}

type BoxError = Box<dyn Error + Send + Sync>;

const PRODUCT_BODY_LIMIT: usize = 64 * 1024;
