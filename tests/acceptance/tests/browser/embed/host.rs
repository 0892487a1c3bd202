//! A product with axum that embeds the integration, with two customers.

use std::sync::Arc;

use axum::{
    Router,
    extract::Request,
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use console::{Console, Describe, texts::Texts};
use demo_product::DemoProduct;
use greenhouse_core::{
    AccountId, AssessmentId, Environment, JobId, ProductJobId, UserId,
    integration::{Integration, NewAccount},
    settings::{HarvestCredential, JobMapping, PushSettings},
};
use greenhouse_harvest::{Push, ReqwestTransport};
use greenhouse_partner::Partner;
use http::request::Parts;
use mock_greenhouse::{Config, MockGreenhouse};
use serde_json::Value;
use sqlx_store::{MasterKey, MasterKeys, SqlxStore};
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

/// Page, script or style sheet of the product: path, media type, policy, content.
pub(crate) type HostFile = (String, &'static str, Option<&'static str>, String);

/// A running product. The cookie `customer` is its session.
pub(crate) struct Host {
    pub(crate) greenhouse: MockGreenhouse,
    /// Completed assessments of the customer `acme`.
    pub(crate) assessments: Vec<AssessmentId>,
    integration: Integration,
    url: String,
    tasks: Vec<JoinHandle<()>>,
    stop: watch::Sender<bool>,
    _folder: TempDir,
}

impl Host {
    /// Starts a product with these files, and with names for assessments if `describe` is `Some`.
    pub(crate) async fn start(files: Vec<HostFile>, describe: Option<Arc<dyn Describe>>) -> Self {
        Self::with_texts(files, describe, &Texts::ENGLISH).await
    }

    /// Like [`start`](Self::start), with the pages in another language.
    pub(crate) async fn with_texts(
        files: Vec<HostFile>,
        describe: Option<Arc<dyn Describe>>,
        texts: &'static Texts,
    ) -> Self {
        let greenhouse = MockGreenhouse::start(Config::default()).await.unwrap();
        let job = greenhouse.seed_job("Account Executive", &["Take Home Test", "Offer"]);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("product.sqlite");
        let product = DemoProduct::open(file, url.parse().unwrap()).await.unwrap();
        let keys = MasterKeys::new(MasterKey::generate().unwrap(), []);
        let file = folder.path().join("greenhouse.sqlite");
        let store = SqlxStore::open(&file.to_string_lossy(), keys)
            .await
            .unwrap();
        let integration = Integration::builder(product.clone(), store)
            .public_url(&url)
            .unwrap()
            .environment(Environment::sandbox(greenhouse.url()).unwrap())
            .with(Push::new(ReqwestTransport::new().unwrap()))
            .with(Partner::new())
            .build()
            .unwrap();

        let own = greenhouse.credential();
        let secret = Some(own.client_secret.as_str().into());
        let mut push = PushSettings::new(HarvestCredential::new(&own.client_id, secret).unwrap());
        push.acting_user = Some(UserId::new(greenhouse.site_admin()));
        let mapping = JobMapping::new(JobId::new(job.job_id), None);
        push.jobs
            .insert(ProductJobId::new("account-executive"), mapping);
        for customer in CUSTOMERS {
            let account = NewAccount::new(customer).push(push.clone());
            integration.accounts().create(account).await.unwrap();
        }
        let acme = AccountId::new(CUSTOMERS[0]);
        let now = integration.ports().clock().now();
        let assessments = product.add_samples(&acme, now).await.unwrap();

        let mut console = Console::new(&integration).texts(texts);
        if let Some(describe) = describe {
            console = console.describe(Shared(describe));
        }
        let app = Router::new()
            .nest_service(
                "/settings/greenhouse",
                axum_host::console(console, account_of_session),
            )
            .route("/sign-in/{customer}", get(sign_in))
            .fallback(async move |request: Request| answer(&files, request.uri().path()));
        let (stop, mut stopped) = watch::channel(false);
        let background = integration.clone().run(async move {
            // Fails if the host was dropped.
            let _ = stopped.wait_for(|stopped| *stopped).await;
        });
        let tasks = vec![
            tokio::spawn(background),
            tokio::spawn(async move { axum::serve(listener, app).await.unwrap() }),
        ];
        Self {
            greenhouse,
            assessments,
            integration,
            url,
            tasks,
            stop,
            _folder: folder,
        }
    }

    /// Returns the URL of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// Returns the stored settings of the customer `acme`, such as those of `push`.
    pub(crate) async fn settings(&self, part: &str) -> Value {
        let mut stored = self.ask("GET", &format!("settings/{part}"), "").await;
        stored["settings"].take()
    }

    /// Changes the stored settings of the push of the customer `acme`.
    pub(crate) async fn change_push(&self, change: impl FnOnce(&mut Value)) {
        let mut stored = self.ask("GET", "settings/push", "").await;
        change(&mut stored["settings"]);
        let saved = self.ask("PUT", "settings/push", &stored.to_string()).await;
        assert!(saved["settings"].is_object(), "{saved}");
    }

    async fn ask(&self, method: &str, path: &str, body: &str) -> Value {
        let uri = format!("/api/integrations/greenhouse/{path}");
        let request = http::Request::builder().method(method).uri(uri);
        let request = request.body(bytes::Bytes::copy_from_slice(body.as_bytes()));
        let account = AccountId::new(CUSTOMERS[0]);
        let answer = self.integration.operator(&account, request.unwrap()).await;
        serde_json::from_slice(answer.body()).unwrap()
    }

    /// Stops the product and Greenhouse.
    pub(crate) async fn stop(mut self) {
        self.stop.send_replace(true);
        self.tasks.remove(0).await.unwrap();
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// The customer in the session of the product.
async fn account_of_session(request: Parts) -> Option<AccountId> {
    let cookies = request.headers.get(header::COOKIE)?.to_str().ok()?;
    let mut cookies = cookies.split("; ").filter_map(|one| one.split_once('='));
    let (_, customer) = cookies.find(|(name, _)| *name == "customer")?;
    CUSTOMERS
        .contains(&customer)
        .then(|| AccountId::new(customer))
}

async fn sign_in(path: axum::extract::Path<String>) -> impl IntoResponse {
    let cookie = format!("customer={}; Path=/; HttpOnly; SameSite=Strict", path.0);
    ([(header::SET_COOKIE, cookie)], "signed in")
}

fn answer(files: &[HostFile], path: &str) -> axum::response::Response {
    let Some((_, kind, policy, content)) = files.iter().find(|file| file.0 == path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut headers = HeaderMap::new();
    let values: [(HeaderName, Option<&str>); 2] = [
        (header::CONTENT_TYPE, Some(kind)),
        (header::CONTENT_SECURITY_POLICY, *policy),
    ];
    for (name, value) in values {
        if let Some(value) = value {
            headers.insert(name, value.parse().unwrap());
        }
    }
    (headers, content.clone()).into_response()
}

#[derive(Debug)]
struct Shared(Arc<dyn Describe>);

#[async_trait::async_trait]
impl Describe for Shared {
    async fn describe(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Option<console::Description> {
        self.0.describe(account, assessment).await
    }
}

/// Customers of the product.
pub(crate) const CUSTOMERS: [&str; 2] = ["acme", "globex"];
