use std::{error::Error, path::Path, sync::Arc};

use demo_product::DemoProduct;
use greenhouse_core::{
    AccountId, Clock,
    platform::AssessmentPlatform,
    store::{Shared, Store, TokenKey, memory::MemoryStore},
};
use greenhouse_harvest::{HarvestClients, HarvestReader, PushService};
use greenhouse_partner::{PartnerService, PartnerSettings};
use sqlx_store::SqlxStore;

use super::{clock::ClockTransport, tokens::ReadOnlyTokens};
use crate::{Config, HostEnvironment};

/// Services that the checks use, on a read-only store.
pub(super) struct Services {
    pub(super) store: Arc<SqlxStore>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) push: PushService,
    pub(super) clients: Arc<HarvestClients>,
    pub(super) platform: Arc<dyn AssessmentPlatform>,
    pub(super) partner: PartnerService,
    pub(super) partner_settings: PartnerSettings,
    /// `true` if the product's database file exists.
    pub(super) has_product: bool,
    tokens: Arc<dyn Shared>,
}

impl Services {
    /// Builds the services.
    ///
    /// # Errors
    ///
    /// The reason why the server would not start with this configuration.
    pub(super) fn new(
        config: &Config,
        environment: &HostEnvironment,
        transport: &Arc<ClockTransport>,
        store: &Arc<SqlxStore>,
    ) -> Result<Self, BoxError> {
        let product =
            DemoProduct::open_read_only(&config.product_database, config.public_url.clone());
        let platform: Arc<dyn AssessmentPlatform> = Arc::new(product?);
        let all: Arc<dyn Store> = Arc::clone(store) as _;
        let mut environment = environment.clone();
        environment.transport = Arc::clone(transport) as _;
        let ports = environment.ports(config, Arc::clone(&platform), &all, None)?;
        let tokens: Arc<dyn Shared> =
            Arc::new(ReadOnlyTokens::new(Arc::clone(store) as Arc<dyn Shared>));
        let clients = HostEnvironment::clients(config, &ports)
            .tokens(Arc::clone(&tokens))
            // Running hosts account for these requests through the rate limit in Greenhouse's
            // responses.
            .budgets(Arc::new(MemoryStore::new()));
        let clients = Arc::new(clients.build()?);
        let reader = Arc::new(HarvestReader::new(Arc::clone(&clients)));
        let ports = environment.ports(config, platform, &all, Some(reader))?;
        let partner = PartnerService::builder(&ports).config(config.partner.clone());
        let partner = partner.build()?;
        let push = PushService::builder(&ports)
            .clients(Arc::clone(&clients))
            .config(config.push)
            .build()?;
        let platform = Arc::clone(ports.product());
        Ok(Self {
            store: Arc::clone(store),
            clock: Arc::clone(&environment.clock),
            push,
            clients,
            platform,
            partner,
            partner_settings: PartnerSettings::new(all),
            has_product: Path::new(&config.product_database).exists(),
            tokens,
        })
    }

    /// Returns `true` if the access token of a partner's app has expired. Returns `false` if the
    /// account is not connected yet.
    pub(super) async fn has_expired_token(&self, account: &AccountId, client_id: &str) -> bool {
        let key = TokenKey::new(client_id, None);
        let token = self.tokens.token(account, &key).await.ok().flatten();
        token.is_some_and(|token| token.expires_at <= self.clock.now())
    }
}

type BoxError = Box<dyn Error + Send + Sync>;
