//! The Greenhouse integration in a service on axum and SQLite, against the mock Greenhouse.

use std::error::Error;

use axum::{Router, routing::get};
use demo_product::DemoProduct; // your product, which implements `AssessmentPlatform`
use greenhouse_core::{
    AccountId,
    integration::{Environment, Integration, NewAccount},
    settings::{HarvestCredential, PushSettings},
};
use greenhouse_harvest::{Push, ReqwestTransport};
use greenhouse_partner::Partner;
use http::request::Parts;
use mock_greenhouse::MockGreenhouse;
use sqlx_store::{MasterKey, MasterKeys, SqlxStore};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mock = MockGreenhouse::start(mock_greenhouse::Config::default()).await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let folder = tempfile::tempdir()?;

    // The product, the store and both directions. `keys` encrypt the secrets in the store.
    let product = DemoProduct::open(folder.path().join("product.db"), url.parse()?).await?;
    let keys = MasterKeys::new(MasterKey::generate()?, []);
    let file = folder.path().join("greenhouse.db");
    let store = SqlxStore::open(&file.to_string_lossy(), keys).await?;
    let greenhouse = Integration::builder(product.clone(), store)
        .public_url(&url)?
        .environment(Environment::sandbox(mock.url())?) // omit to call the real Greenhouse
        .with(Push::new(ReqwestTransport::new()?)) // product -> Greenhouse
        .with(Partner::new()) // Greenhouse -> product
        .build()?;

    // One customer. The keys are generated here and shown only once.
    let harvest = mock.credential();
    let secret = Some(harvest.client_secret.as_str().into());
    let push = PushSettings::new(HarvestCredential::new(&harvest.client_id, secret)?);
    let account = NewAccount::new("acme").webhooks(WEBHOOK_SECRET);
    let created = greenhouse.accounts().create(account.push(push)).await?;

    let app = Router::new()
        .route("/my/own/route", get(async || "mine"))
        .merge(axum_host::public(&greenhouse))
        .nest_service(CONSOLE, axum_host::console(&greenhouse, account_of_session))
        .nest(
            "/api/integrations/greenhouse",
            axum_host::operator(&greenhouse, account_of_session),
        );

    println!("service          {url}");
    println!("mock Greenhouse  {}", mock.url());
    if let Some(key) = &created.partner_key {
        println!("partner key      {}", key.expose());
    }
    println!("console          {url}{CONSOLE} (the session is always acme's)");
    println!("health           {url}/api/integrations/greenhouse/health");
    println!("\n{}", created.set_up.expose());

    // Run the background tasks and the server until Ctrl-C. Report each change in the product with
    // `greenhouse.assessment_changed(&account, &assessment)`.
    let background = tokio::spawn(greenhouse.clone().run(ctrl_c()));
    let server = axum::serve(listener, app).with_graceful_shutdown(ctrl_c());
    let server = tokio::spawn(server.into_future());

    // Sample data for the console: pushes in each state, a hire and a rejection.
    let acme = AccountId::new("acme");
    let played = product.play_samples(&greenhouse, &acme, &mock, WEBHOOK_SECRET);
    if let Err(error) = played.await {
        eprintln!("the sample data is incomplete: {error}");
    }
    server.await??;
    background.await?;
    mock.stop().await;
    Ok(())
}

/// Secret key of the webhooks in Greenhouse.
const WEBHOOK_SECRET: &str = "the secret key of the webhooks";
/// Path of the pages for recruiters and admins.
const CONSOLE: &str = "/settings/greenhouse";

/// Returns the account for a request, from your session cookie or your middleware.
async fn account_of_session(_head: Parts) -> Option<AccountId> {
    Some(AccountId::new("acme"))
}

async fn ctrl_c() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        eprintln!("could not listen for Ctrl-C: {error}");
    }
}
