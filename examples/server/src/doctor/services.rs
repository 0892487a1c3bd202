use std::{path::Path, sync::Arc};

use demo_product::DemoProduct;
use greenhouse_core::{
    AccountId, Clock,
    platform::AssessmentPlatform,
    store::{Shared, Store, TokenKey, memory::MemoryStore},
};
use greenhouse_harvest::{HarvestClients, HarvestReader, PushService};
use greenhouse_partner::{PartnerService, PartnerSettings};
use sqlx_store::SqlxStore;

use super::{clock::ListeningTransport, tokens::LookingTokens};
use crate::{Config, HostEnvironment};

/// The services of a host as far as they look at things, on a store that only reads.
pub(super) struct Services {
    pub(super) store: Arc<SqlxStore>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) push: PushService,
    pub(super) clients: Arc<HarvestClients>,
    pub(super) platform: Arc<dyn AssessmentPlatform>,
    pub(super) partner: PartnerService,
    pub(super) partner_settings: PartnerSettings,
    /// Whether the product can be asked at all.
    pub(super) has_product: bool,
    tokens: Arc<dyn Shared>,
}

impl Services {
    /// None where the public URL is none, which has a finding of its own.
    pub(super) fn new(
        config: &Config,
        outside: &HostEnvironment,
        transport: &Arc<ListeningTransport>,
        store: &Arc<SqlxStore>,
    ) -> Option<Self> {
        let product =
            DemoProduct::open_read_only(&config.product_database, config.public_url.clone());
        let platform: Arc<dyn AssessmentPlatform> = Arc::new(product.ok()?);
        let all: Arc<dyn Store> = Arc::clone(store) as _;
        let mut outside = outside.clone();
        outside.transport = Arc::clone(transport) as _;
        let ports = outside.ports(config, Arc::clone(&platform), &all, None);
        let ports = ports.ok()?;
        let tokens: Arc<dyn Shared> =
            Arc::new(LookingTokens::over(Arc::clone(store) as Arc<dyn Shared>));
        let clients = HostEnvironment::clients(config, &ports)
            .tokens(Arc::clone(&tokens))
            // A host that counts sees that somebody else sends, and makes room.
            .budgets(Arc::new(MemoryStore::new()));
        let clients = Arc::new(clients.build().ok()?);
        let reader = Arc::new(HarvestReader::new(Arc::clone(&clients)));
        let ports = outside.ports(config, platform, &all, Some(reader)).ok()?;
        let partner = PartnerService::builder(&ports).config(config.partner.clone());
        let partner = partner.build().ok()?;
        let push = PushService::builder(&ports)
            .clients(Arc::clone(&clients))
            .config(config.push)
            .build()
            .ok()?;
        let platform = Arc::clone(ports.product());
        Some(Self {
            store: Arc::clone(store),
            clock: Arc::clone(&outside.clock),
            push,
            clients,
            platform,
            partner,
            partner_settings: PartnerSettings::new(all),
            has_product: Path::new(&config.product_database).exists(),
            tokens,
        })
    }

    /// Whether the token of a partner's app has run out, which only a host that serves renews. Also no where nobody has
    /// connected the account yet.
    pub(super) async fn has_run_out(&self, account: &AccountId, client_id: &str) -> bool {
        let key = TokenKey::new(client_id, None);
        let token = self.tokens.token(account, &key).await.ok().flatten();
        token.is_some_and(|token| token.expires_at <= self.clock.now())
    }
}
