use std::{collections::BTreeMap, sync::Arc};

use acceptance::needle::Needle;
use greenhouse_core::{
    AccountId, Clock,
    settings::HarvestCredential,
    store::{Shared, TokenKey, memory::MemoryStore},
    testing::ManualClock,
};
use greenhouse_harvest::{HarvestClient, PartnerConnection, ReqwestTransport, SystemClock};
use mock_greenhouse::{Fault, FaultKind, MockGreenhouse};
use reqwest::redirect::Policy;
use tokio::runtime::Runtime;
use url::Url;

use super::{PARTNER_ID, Shown, Task, at};

/// Connects a partner's app under several faults. Returns all codes and tokens.
pub(super) async fn play(
    greenhouse: &MockGreenhouse,
    elsewhere: &Runtime,
    shown: &mut Shown,
) -> Vec<Needle> {
    let work = Task::of(greenhouse);
    // Deduplicates tokens by their text.
    let mut needles = BTreeMap::new();
    for fault in [
        None,
        Some(FaultKind::Cut { applied: true }),
        Some(FaultKind::Cut { applied: false }),
        Some(FaultKind::Status {
            status: 500,
            applied: true,
        }),
        Some(FaultKind::TruncatedBody),
        Some(FaultKind::MalformedJson),
        Some(FaultKind::TooManyRequests {
            retry_after_seconds: Some(3),
        }),
    ] {
        let store = Arc::new(MemoryStore::new());
        let client = client(greenhouse, &store);
        let connection = client.partner().unwrap();
        shown.add(&connection);
        shown.done(connection.keep_alive().await);
        for code in [
            "canary-code-unknown".to_owned(),
            consent(&connection, elsewhere).await,
        ] {
            shown.done(connection.exchange(code.as_str()).await);
            // The code is already invalid.
            shown.done(connection.exchange(code.as_str()).await);
            needles.insert(code, "a code");
        }
        shown.done(
            connection
                .exchange(consent(&connection, elsewhere).await)
                .await,
        );
        needles.extend(tokens(&store).await);

        for path in ["/v3/candidates", "/v3/jobs"] {
            if let Some(kind) = fault {
                greenhouse.add_fault(Fault::new("POST", "/token", kind));
            }
            greenhouse.add_fault(Fault::new("GET", path, FaultKind::ExpiredToken));
            work.all(&client, shown).await;
            needles.extend(tokens(&store).await);
            shown.done(connection.keep_alive().await);
            needles.extend(tokens(&store).await);
            greenhouse.clear_faults();
        }
    }
    assert!(needles.len() > 20, "too few tokens to search for");
    let named = needles.iter().map(|(text, what)| Needle::new(*what, text));
    named.collect()
}

fn client(greenhouse: &MockGreenhouse, store: &Arc<MemoryStore>) -> HarvestClient {
    let app = greenhouse.partner_credential();
    let secret = Some((&app.client_secret).into());
    let credential = HarvestCredential::partner(&app.client_id, secret, &app.redirect_uri).unwrap();
    let clock = Arc::new(ManualClock::self_advancing(SystemClock.now()));
    HarvestClient::builder(
        Arc::new(ReqwestTransport::direct().unwrap()),
        clock,
        credential,
    )
    .endpoints(at(greenhouse.url()))
    .sharing(account(), store.clone(), store.clone())
    .build()
}

/// Returns the code from the redirect of the user's browser.
async fn consent(connection: &PartnerConnection, elsewhere: &Runtime) -> String {
    let url = connection.authorize_url(["harvest:jobs:list", "harvest:candidates:list"], "state");
    let browser = async {
        let browser = reqwest::Client::builder()
            .no_proxy()
            .redirect(Policy::none());
        let back = browser.build().unwrap().get(url).send().await.unwrap();
        back.headers()["location"]
            .to_str()
            .unwrap()
            .parse::<Url>()
            .unwrap()
    };
    let back = elsewhere.spawn(browser).await.unwrap();
    let code = back.query_pairs().find(|(name, _)| name == "code");
    code.unwrap().1.into_owned()
}

async fn tokens(store: &MemoryStore) -> Vec<(String, &'static str)> {
    let key = TokenKey::new(PARTNER_ID, None);
    let Some(token) = store.token(&account(), &key).await.unwrap() else {
        return Vec::new();
    };
    let refresh = token.refresh.unwrap().expose().to_owned();
    let access = token.access.expose().to_owned();
    vec![
        (access, "a partner's access token"),
        (refresh, "a refresh token"),
    ]
}

fn account() -> AccountId {
    AccountId::new("canary-account")
}
