//! Connection to a partner's app, in the console of the server.

use std::sync::Arc;

use bytes::Bytes;
use greenhouse_core::AccountId;
use http::Request;
use reqwest::{Client, Response, redirect::Policy};
use serde_json::{Value, json};
use server::{Host, demo::Demo};
use url::Url;

use super::setup::Setup;

pub(crate) async fn an_account_is_connected_in_the_console(setup: Setup) {
    let scene = Scene::set(setup).await;
    assert_eq!(scene.status().await, "not_connected");
    let returned = scene.consent(&scene.start().await).await;

    // Greenhouse opens the redirect URI without the cookie. The page opens it once more.
    let first = scene.open(&returned, "cross-site", None).await;
    assert_eq!(first.status(), 200);
    let refresh = first.headers()["refresh"].to_str().unwrap().to_owned();
    let again = refresh.strip_prefix("0; url=").unwrap();
    let signed_out = scene.open(again, "same-origin", None).await;
    let sign_in = location(&signed_out);
    assert_eq!(
        sign_in,
        "/console/sign-in?next=%2Fconsole%2Fpush%3Fconnection%3Dsigned_out"
    );
    let page = scene.open(again, "same-origin", Some(&scene.cookie)).await;
    assert_eq!(
        location(&page),
        "/console/push?connection=connected#connection"
    );
    assert_eq!(scene.status().await, "connected");
    let shown = scene.page("/console/push?connection=connected").await;
    assert!(shown.contains("is connected now"), "{shown}");

    // The same address, and that of another account.
    let used = scene.open(again, "same-origin", Some(&scene.cookie)).await;
    assert_eq!(
        location(&used),
        "/console/push?connection=consent_used#connection"
    );
    let foreign = "/console/push/connection/callback?code=c&state=foreign&returned=1";
    let foreign = scene.open(foreign, "cross-site", Some(&scene.cookie)).await;
    assert_eq!(
        location(&foreign),
        "/console/push?connection=consent_unknown#connection"
    );

    let gone = scene
        .submit("/console/push/connection/disconnect", "")
        .await;
    assert_eq!(
        location(&gone),
        "/console/push?connection=disconnected#connection"
    );
    assert_eq!(scene.status().await, "not_connected");
    scene.stage.stop().await.unwrap();
}

pub(crate) async fn a_consent_begun_in_greenhouse_is_confirmed_in_the_console(setup: Setup) {
    let scene = Scene::set(setup).await;
    let user = scene.stage.greenhouse.job_admin();
    scene.stage.greenhouse.set_consenting_user(user).unwrap();
    let returned = scene.stage.greenhouse.consent_in_greenhouse().unwrap();
    let returned: Url = returned.parse().unwrap();
    let returned = format!("{CALLBACK}?{}", returned.query().unwrap());
    let asked = scene
        .open(&returned, "cross-site", Some(&scene.cookie))
        .await;
    let confirm = location(&asked);
    assert_eq!(scene.status().await, "not_connected");
    let page = scene.page(&confirm).await;
    assert!(page.contains("Nothing is connected yet"), "{page}");
    let (_, id) = confirm.split_once("id=").unwrap();

    // A page of another site cannot confirm it.
    let forged = scene
        .client
        .post(scene.address("/console/push/connection/confirm"));
    let forged = forged
        .header("cookie", &scene.cookie)
        .header("sec-fetch-site", "cross-site")
        .body(format!("id={id}"));
    assert_eq!(forged.send().await.unwrap().status(), 403);
    assert_eq!(scene.status().await, "not_connected");

    let done = scene
        .submit("/console/push/connection/confirm", &format!("id={id}"))
        .await;
    assert_eq!(
        location(&done),
        "/console/push?connection=connected#connection"
    );
    let page = scene.page("/console/push?connection=connected").await;
    assert!(page.contains("Not a Site Admin"), "{page}");
    let late = scene
        .submit("/console/push/connection/confirm", &format!("id={id}"))
        .await;
    assert_eq!(late.status(), 409);
    scene.stage.stop().await.unwrap();
}

pub(crate) async fn a_consent_is_completed_on_another_host(setup: Setup) {
    let scene = Scene::set(setup).await;
    let returned = scene.consent(&scene.start().await).await;
    let other = Host::open(
        scene.stage.config.clone(),
        server::HostEnvironment::from_config(&scene.stage.config).unwrap(),
    );
    let other = Arc::new(other.await.unwrap());
    let query = returned.split_once('?').unwrap().1;
    let mut body: Value = json!({ "action": "callback" });
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        body[name.as_ref()] = json!(value);
    }
    let account = AccountId::new("demo");
    let ask = async |method: &str, body: String| {
        let request = Request::builder()
            .method(method)
            .uri("/api/integrations/greenhouse/connection")
            .body(Bytes::from(body));
        let response = other
            .greenhouse()
            .operator(&account, request.unwrap())
            .await;
        serde_json::from_slice::<Value>(response.body()).unwrap()
    };
    let report = ask("POST", body.to_string()).await;
    assert_eq!(report["result"], "connected", "{report}");
    assert_eq!(scene.status().await, "connected");
    // The host that was asked first disconnects; the other one has the token in memory.
    scene
        .submit("/console/push/connection/disconnect", "")
        .await;
    assert_eq!(ask("GET", String::new()).await["status"], "not_connected");
    other.close().await;
    scene.stage.stop().await.unwrap();
}

/// A server whose account has the credential of a partner's app, and a browser that has signed in.
struct Scene {
    stage: Demo,
    client: Client,
    cookie: String,
}

impl Scene {
    async fn set(setup: Setup) -> Self {
        let stage = setup.stage().await;
        let redirect_uri = format!("{}{}", stage.host_url.trim_end_matches('/'), CALLBACK);
        stage.greenhouse.set_redirect_uri(&redirect_uri);
        let app = stage.greenhouse.partner_credential();
        let mut saved = stage.client.ask("GET", SETTINGS, None).await.unwrap().body;
        saved["settings"]["enabled"] = json!(false);
        saved["settings"]["acting_user"] = Value::Null;
        saved["settings"]["credential"] = json!({
            "client_id": app.client_id, "client_secret": app.client_secret,
            "grant": "authorization_code", "redirect_uri": redirect_uri,
        });
        let saved = stage
            .client
            .ask("PUT", SETTINGS, Some(&saved))
            .await
            .unwrap();
        assert_eq!(saved.status, 200, "{}", saved.body);
        let client = Client::builder().no_proxy().redirect(Policy::none());
        let mut scene = Self {
            client: client.build().unwrap(),
            stage,
            cookie: String::new(),
        };
        let token = scene.stage.client.token().expose().to_owned();
        let signed_in = scene
            .submit("/console/sign-in", &format!("token={token}"))
            .await;
        let cookie = signed_in.headers()["set-cookie"].to_str().unwrap();
        scene.cookie = cookie.split(';').next().unwrap().to_owned();
        scene
    }

    fn address(&self, path: &str) -> String {
        format!("{}{path}", self.stage.host_url.trim_end_matches('/'))
    }

    async fn open(&self, path: &str, site: &str, cookie: Option<&str>) -> Response {
        let mut request = self.client.get(self.address(path));
        request = request.header("sec-fetch-site", site);
        if let Some(cookie) = cookie {
            request = request.header("cookie", cookie);
        }
        request.send().await.unwrap()
    }

    async fn page(&self, path: &str) -> String {
        let page = self.open(path, "same-origin", Some(&self.cookie)).await;
        assert_eq!(page.status(), 200);
        page.text().await.unwrap()
    }

    async fn submit(&self, path: &str, form: &str) -> Response {
        let request = self.client.post(self.address(path));
        let request = request
            .header("cookie", &self.cookie)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded");
        request.body(form.to_owned()).send().await.unwrap()
    }

    /// Clicks the button that connects, and returns the address of the link to Greenhouse.
    async fn start(&self) -> String {
        let page = self.submit("/console/push/connection/start", "").await;
        let page = page.text().await.unwrap();
        let (_, rest) = page.split_once("gh-primary\" href=\"").unwrap();
        rest.split_once('"').unwrap().0.replace("&amp;", "&")
    }

    /// Consents in Greenhouse, and returns the path of the redirect URI with its query.
    async fn consent(&self, url: &str) -> String {
        let back = self.client.get(url).send().await.unwrap();
        let back: Url = location(&back).parse().unwrap();
        assert_eq!(back.path(), CALLBACK);
        format!("{}?{}", back.path(), back.query().unwrap())
    }

    async fn status(&self) -> String {
        let path = "/api/integrations/greenhouse/connection";
        let answer = self.stage.client.ask("GET", path, None).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body["status"].as_str().unwrap().to_owned()
    }
}

fn location(response: &Response) -> String {
    assert!(response.status().is_redirection(), "{}", response.status());
    response.headers()["location"].to_str().unwrap().to_owned()
}

const CALLBACK: &str = "/console/push/connection/callback";
const SETTINGS: &str = "/api/integrations/greenhouse/settings/push";
