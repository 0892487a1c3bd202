use std::{
    error::Error,
    fmt,
    sync::{Arc, OnceLock},
};

use async_trait::async_trait;
use bytes::Bytes;
use greenhouse_core::{
    AccountId, AssessmentId, Background, BuildError, HttpTransport, answer,
    integration::{
        Direction, DirectionBuilder, InboundHead, InboundRequest, Ports, PortsBuilder, PublicRoute,
    },
    operator::OperatorPart,
    store::StoreError,
};
use http::{Response, StatusCode};

use crate::{
    HarvestClients, HarvestObserver, HarvestReader, HarvestWebhooks, KeepAlive, PushConfig,
    PushService, StatusWriter, TokenConfig,
};

/// Direction from the product to Greenhouse: pushes, push settings, and connections to a partner's
/// app.
///
/// Also provides the HTTP transport, the application reader for webhooks, and the port that manages
/// webhooks in Greenhouse.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use greenhouse_harvest::{Push, PushConfig, ReqwestTransport};
///
/// let push = Push::new(ReqwestTransport::new()?).config(PushConfig::default());
/// # Ok(())
/// # }
/// ```
#[must_use]
pub struct Push {
    transport: Arc<dyn HttpTransport>,
    config: PushConfig,
    clients: ClientsSource,
}

/// Builds the Harvest clients once, for the reader and the push.
#[derive(Clone)]
struct ClientsSource {
    tokens: TokenConfig,
    observer: Option<Arc<dyn HarvestObserver>>,
    built: Arc<OnceLock<Arc<HarvestClients>>>,
}

impl Push {
    /// Creates the direction with a transport for calls to Greenhouse.
    pub fn new(transport: impl HttpTransport + 'static) -> Self {
        Self {
            transport: Arc::new(transport),
            config: PushConfig::default(),
            clients: ClientsSource {
                tokens: TokenConfig::default(),
                observer: None,
                built: Arc::default(),
            },
        }
    }

    /// Sets time limits, intervals and concurrency limits.
    pub fn config(mut self, config: PushConfig) -> Self {
        self.config = config;
        self
    }

    /// Sets how tokens are fetched and renewed.
    pub fn tokens(mut self, tokens: TokenConfig) -> Self {
        self.clients.tokens = tokens;
        self
    }

    /// Sets an observer for every call to Greenhouse, for example for metrics.
    pub fn observer(mut self, observer: Arc<dyn HarvestObserver>) -> Self {
        self.clients.observer = Some(observer);
        self
    }
}

impl ClientsSource {
    fn get(&self, ports: &Ports) -> Result<Arc<HarvestClients>, BuildError> {
        if let Some(built) = self.built.get() {
            return Ok(Arc::clone(built));
        }
        let mut builder = HarvestClients::builder(ports).token_config(self.tokens);
        if let Some(observer) = &self.observer {
            builder = builder.observer(Arc::clone(observer));
        }
        let clients = Arc::new(builder.build()?);
        Ok(Arc::clone(self.built.get_or_init(|| clients)))
    }
}

impl DirectionBuilder for Push {
    fn provide(&mut self, ports: &mut PortsBuilder) {
        ports.offer_transport(Arc::clone(&self.transport));
        let clients = self.clients.clone();
        ports.offer_reader(move |ports| Ok(Arc::new(HarvestReader::new(clients.get(ports)?))));
        let clients = self.clients.clone();
        ports.offer_webhook_admin(move |ports| {
            Ok(Arc::new(HarvestWebhooks::new(clients.get(ports)?)))
        });
    }

    fn build(self: Box<Self>, ports: &Ports) -> Result<Arc<dyn Direction>, BuildError> {
        let clients = self.clients.get(ports)?;
        let push = PushService::builder(ports)
            .clients(Arc::clone(&clients))
            .config(self.config)
            .build()?;
        let keep_alive = KeepAlive::new(
            clients,
            Arc::clone(ports.store()) as _,
            Arc::clone(ports.clock()),
        );
        let push = Arc::new(push);
        Ok(Arc::new(PushDirection {
            status: Arc::new(push.status_writer()),
            backfills: push.backfills(),
            push,
            keep_alive: Arc::new(keep_alive),
        }))
    }
}

impl fmt::Debug for Push {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Push")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct PushDirection {
    push: Arc<PushService>,
    status: Arc<StatusWriter>,
    backfills: Arc<dyn Background>,
    keep_alive: Arc<KeepAlive>,
}

#[async_trait]
impl Direction for PushDirection {
    fn name(&self) -> &'static str {
        "push"
    }

    fn body_limit(&self, _: &PublicRoute) -> Option<usize> {
        None
    }

    async fn admit(&self, _: &mut InboundHead) -> Result<(), Response<Bytes>> {
        Err(answer::not_found())
    }

    async fn handle(&self, _: InboundRequest) -> Response<Bytes> {
        answer::problem(StatusCode::NOT_FOUND, "not_found", "not found")
    }

    fn operator(&self) -> Arc<dyn OperatorPart> {
        Arc::clone(&self.push) as _
    }

    fn background(&self) -> Vec<Arc<dyn Background>> {
        vec![
            Arc::clone(&self.push) as _,
            Arc::clone(&self.status) as _,
            Arc::clone(&self.backfills),
            Arc::clone(&self.keep_alive) as _,
        ]
    }

    async fn set_up(&self, account: &AccountId) -> Result<String, StoreError> {
        let set_up = self.push.set_up(account).await?;
        Ok(set_up.map(|steps| steps.to_string()).unwrap_or_default())
    }

    async fn assessment_changed(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        Ok(self.push.assessment_changed(account, assessment).await?)
    }

    fn stop(&self) {
        self.push.stop();
    }
}
