//! Requests that other clients send but our own client does not.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use mock_greenhouse::{
    ClientAuthentication, CodeRedirectUri, Config, Credential, LastPageLink, TokenWithoutScopes,
    UnmodelledLists,
};
use serde_json::json;

use crate::support::{Caller, Reply, Scene, config};

#[tokio::test]
async fn a_time_window_has_two_sides_in_one_parameter_or_in_two() {
    let scene = Scene::new().await;
    let rows = async |query: &str| {
        scene
            .harvest
            .get(&format!("/v3/jobs?{query}"))
            .await
            .ids()
            .len()
    };
    for (query, expected) in [
        (
            "updated_at=gte|2026-06-02T12:00:00Z|lte|2026-06-02T13:00:00Z",
            1,
        ),
        (
            "updated_at=gte%7C2026-06-02T12:00:00Z%7Clt%7C2026-06-02T12:00:00Z",
            0,
        ),
        (
            "updated_at=gt|2026-06-01T00:00:00Z|lt|2026-06-02T00:00:00Z",
            0,
        ),
        (
            "opened_at=lte|2026-06-03T00:00:00Z|gte|2026-06-01T00:00:00Z",
            1,
        ),
        (
            "created_at[gte]=2026-06-02T12:00:00Z&created_at[lt]=2026-06-02T13:00:00Z",
            1,
        ),
    ] {
        assert_eq!(rows(query).await, expected, "{query}");
    }
    for wrong in [
        "updated_at=gte|2026-06-02T12:00:00Z|lte",
        "updated_at=gte|2026-06-02T12:00:00Z|until|2026-06-02T13:00:00Z",
        "updated_at=gte|",
        "updated_at=2026-06-02T12:00:00Z|gte",
    ] {
        let reply = scene.harvest.get(&format!("/v3/jobs?{wrong}")).await;
        assert_eq!(reply.status, 422, "{wrong}");
    }
}

#[tokio::test]
async fn a_window_of_two_sides_goes_on_over_pages() {
    let scene = Scene::new().await;
    scene.greenhouse.seed_job("Engineer", &[]);
    let path = "/v3/jobs?per_page=1&updated_at=gte|2026-06-02T12:00:00Z|lte|2026-06-02T13:00:00Z";
    let first = scene.harvest.get(path).await;
    let link = first.header("link").unwrap();
    let next = link.trim_start_matches('<').split('>').next().unwrap();
    assert_eq!(scene.harvest.get(next).await.ids(), [scene.job.job_id]);
}

async fn authorize(scene: &Scene, scope: &str) -> String {
    let partner = scene.greenhouse.partner_credential();
    let path = format!(
        "/authorize?response_type=code&client_id={}&redirect_uri=https%3A%2F%2Fpartner.example%2Fcallback&scope={scope}",
        partner.client_id
    );
    let reply = scene.harvest.call(Method::GET, &path, None).await;
    reply.header("location").unwrap().to_owned()
}

async fn exchange(scene: &Scene, form: &str) -> Reply {
    let partner = scene.greenhouse.partner_credential();
    scene
        .harvest
        .form("/token", &partner.client_id, &partner.client_secret, form)
        .await
}

#[tokio::test]
async fn consent_to_every_official_scope_is_possible() {
    let scene = Scene::new().await;
    let scopes = &scene.greenhouse.partner_credential().scopes;
    assert_eq!(scopes.len(), 158);
    assert!(authorize(&scene, &scopes.join("+")).await.contains("code="));
    for scope in ["harvest:offers:list", "harvest:users:revoke_permissions"] {
        assert!(scopes.iter().any(|known| known == scope));
    }
    assert!(
        authorize(&scene, "harvest:offer:list")
            .await
            .contains("error=invalid_scope")
    );
}

#[tokio::test]
async fn a_code_is_exchanged_without_a_redirect_uri_unless_it_is_required() {
    let scene = Scene::new().await;
    let code = async || {
        authorize(&scene, "harvest:jobs:list")
            .await
            .split("code=")
            .nth(1)
            .unwrap()
            .to_owned()
    };
    let form = format!("grant_type=authorization_code&code={}", code().await);
    assert_eq!(exchange(&scene, &form).await.status, 200);
    let other = format!(
        "grant_type=authorization_code&code={}&redirect_uri=https://other.example",
        code().await
    );
    assert_eq!(exchange(&scene, &other).await.status, 400);
    scene
        .greenhouse
        .switch(|switches| switches.code_redirect_uri = CodeRedirectUri::Required);
    let form = format!("grant_type=authorization_code&code={}", code().await);
    let refused = exchange(&scene, &form).await;
    assert_eq!(
        (refused.status.as_u16(), refused.json()),
        (400, json!({ "error": "invalid_request" }))
    );
}

#[tokio::test]
async fn client_credentials_come_in_plain_or_encoded_basic_or_in_the_form() {
    use ClientAuthentication::{Any, Basic, Form, FormEncodedBasic};
    let credential = Credential::new("mock+client-4000001002", "a%2Bb+c d=&:");
    let scene = Scene::with(config().with_credential(credential)).await;
    let (id, secret) = ("mock+client-4000001002", "a%2Bb+c d=&:");
    let encode =
        |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let (encoded_id, encoded_secret) = (encode(id), encode(secret));
    let grant = "grant_type=client_credentials";
    let in_form = format!("{grant}&client_id={encoded_id}&client_secret={encoded_secret}");
    let caller = Caller::stranger(&scene.greenhouse);
    for (switch, expected) in [
        (Any, [200, 200, 200]),
        (Basic, [200, 401, 401]),
        (FormEncodedBasic, [401, 200, 401]),
        (Form, [401, 401, 200]),
    ] {
        scene
            .greenhouse
            .switch(|switches| switches.client_authentication = switch);
        let plain = caller
            .form("/token", id, secret, grant)
            .await
            .status
            .as_u16();
        let encoded = caller
            .form("/token", &encoded_id, &encoded_secret, grant)
            .await;
        let form = caller
            .form_without_credentials("/token", &in_form)
            .await
            .status;
        assert_eq!(
            [plain, encoded.status.as_u16(), form.as_u16()],
            expected,
            "{switch:?}"
        );
    }
    let basic = STANDARD.encode(secret);
    for exchange in scene.greenhouse.exchanges() {
        let body = String::from_utf8_lossy(&exchange.request_body).into_owned();
        assert!(!body.contains(&encoded_secret) && !body.contains(&basic));
    }
}

#[tokio::test]
async fn wrong_credentials_in_the_form_are_401_and_missing_ones_too() {
    let scene = Scene::new().await;
    let caller = Caller::stranger(&scene.greenhouse);
    let token = async |form: &str| caller.form_without_credentials("/token", form).await;
    let id = &scene.greenhouse.credential().client_id;
    let wrong = token(&format!(
        "grant_type=client_credentials&client_id={id}&client_secret=x"
    ))
    .await;
    assert_eq!(
        (wrong.status.as_u16(), wrong.json()),
        (401, json!({ "error": "invalid_client" }))
    );
    let missing = token("grant_type=client_credentials").await;
    assert_eq!(
        (missing.status.as_u16(), &missing.json()["message"]),
        (401, &json!("Unauthorized"))
    );
}

#[tokio::test]
async fn a_credential_without_scopes_gets_a_token_that_permits_nothing_or_an_error() {
    let scene = Scene::with(config().with_scopes(Vec::<String>::new())).await;
    assert_eq!(scene.harvest.get("/v3/jobs").await.status, 403);
    scene
        .greenhouse
        .switch(|switches| switches.token_without_scopes = TokenWithoutScopes::Refused);
    let refused = scene
        .harvest
        .token_form(&scene.greenhouse, "grant_type=client_credentials")
        .await;
    assert_eq!(
        (refused.status.as_u16(), refused.json()),
        (400, json!({ "error": "invalid_scope" }))
    );
}

#[tokio::test]
async fn every_official_list_answers_and_a_misspelt_one_does_not() {
    let scene = Scene::new().await;
    let official: Vec<String> = scene
        .greenhouse
        .credential()
        .scopes
        .iter()
        .filter_map(|scope| {
            scope
                .strip_prefix("harvest:")?
                .strip_suffix(":list")
                .map(str::to_owned)
        })
        .collect();
    assert_eq!(official.len(), 69);
    let mut unmodelled = 0;
    for list in &official {
        let reply = scene.harvest.get(&format!("/v3/{list}")).await;
        match reply.status.as_u16() {
            200 => {}
            501 => {
                unmodelled += 1;
                let message = format!("GET /v3/{list} is official and not modelled by this mock");
                assert_eq!(reply.json(), json!({ "message": message }));
            }
            other => panic!("{list}: {other}"),
        }
    }
    assert_eq!(unmodelled, 36);
    assert!(scene.greenhouse.unexpected().is_empty());
    scene
        .greenhouse
        .switch(|switches| switches.unmodelled_lists = UnmodelledLists::Empty);
    let offers = scene
        .harvest
        .get("/v3/offers?per_page=500&status=accepted")
        .await;
    assert_eq!(
        (offers.json(), offers.header("link")),
        (json!([]), Some(""))
    );
    scene
        .greenhouse
        .switch(|switches| switches.last_page_link = LastPageLink::Missing);
    assert_eq!(scene.harvest.get("/v3/offers").await.header("link"), None);

    assert_eq!(scene.harvest.get("/v3/offer").await.status, 404);
    assert_eq!(scene.greenhouse.unexpected().len(), 1);
}

#[tokio::test]
async fn an_official_write_that_is_not_modelled_is_501_and_needs_token_and_scope() {
    let scene = Scene::new().await;
    let reply = scene
        .harvest
        .post("/v3/users", json!({ "first_name": "Lee" }))
        .await;
    assert_eq!(reply.status, 501);
    assert_eq!(
        scene.harvest.patch("/v3/offers/7", json!({})).await.status,
        501
    );
    let stranger = Caller::stranger(&scene.greenhouse);
    assert_eq!(stranger.get("/v3/offers").await.status, 401);
    scene.greenhouse.withhold_scope("harvest:offers:list", true);
    let limited = Caller::authenticated(&scene.greenhouse, None).await;
    assert_eq!(limited.get("/v3/offers").await.status, 403);
    assert!(scene.greenhouse.unexpected().is_empty());
}

#[tokio::test]
async fn job_permissions_of_users_are_listed_by_user_job_and_role() {
    let scene = Scene::new().await;
    let greenhouse = &scene.greenhouse;
    let (user, job) = (greenhouse.job_admin(), scene.job.job_id);
    let role = greenhouse.records("user_roles")[0].id;
    let row = json!({ "user_id": user, "job_id": job, "role_id": role });
    let id = greenhouse.seed_record("user_job_permissions", row).unwrap();
    for query in [
        format!("user_ids={user}"),
        format!("job_ids={job}"),
        format!("role_ids={role}"),
    ] {
        let rows = scene
            .harvest
            .get(&format!("/v3/user_job_permissions?{query}"))
            .await;
        assert_eq!(rows.ids(), [id], "{query}");
        assert_eq!(rows.json()[0].get("automated"), Some(&json!(null)));
    }
    assert!(
        scene
            .harvest
            .get("/v3/user_job_permissions?user_ids=7")
            .await
            .ids()
            .is_empty()
    );
}

#[tokio::test]
async fn a_tag_is_deleted_with_its_uses() {
    let scene = Scene::new().await;
    let body = json!({ "first_name": "Mira", "last_name": "Okafor", "tags": ["good", "fast"] });
    scene.harvest.post("/v3/candidates", body).await;
    let tags = scene.harvest.get("/v3/candidate_tags").await.json();
    let good = tags
        .as_array()
        .unwrap()
        .iter()
        .find(|tag| tag["name"] == "good")
        .unwrap();
    let path = format!("/v3/candidate_tags/{}", good["id"]);
    let deleted = scene.harvest.call(Method::DELETE, &path, None).await;
    let message = format!("Candidate tag {} deleted successfully", good["id"]);
    assert_eq!(
        (deleted.status.as_u16(), deleted.json()),
        (200, json!({ "message": message }))
    );
    assert_eq!(scene.greenhouse.candidates()[0].tags, ["fast"]);
    assert_eq!(
        scene
            .harvest
            .get("/v3/applied_candidate_tags")
            .await
            .ids()
            .len(),
        1
    );
    assert_eq!(
        scene.harvest.call(Method::DELETE, &path, None).await.status,
        404
    );
}

#[tokio::test]
async fn a_hook_is_listed_under_the_client_that_created_it() {
    let scene = Scene::with(Config::default()).await;
    let code = authorize(&scene, "harvest:webhooks:create+harvest:webhooks:list").await;
    let code = code.split("code=").nth(1).unwrap();
    let token = exchange(
        &scene,
        &format!("grant_type=authorization_code&code={code}"),
    )
    .await;
    let mut partner = Caller::stranger(&scene.greenhouse);
    partner.token = token.json()["access_token"].as_str().map(str::to_owned);
    let inbox = format!("{}/_mock/inbox", scene.greenhouse.url());
    let body = json!({
        "name": "n", "endpoint_url": inbox, "secret_key": "s3cret", "event_action_type": "reject_candidate", "max_attempts": 7,
    });
    for caller in [&partner, &scene.harvest] {
        assert_eq!(caller.post("/v3/webhooks", body.clone()).await.status, 201);
    }
    let rows = partner.get("/v3/webhooks").await.json();
    let clients: Vec<_> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["client_id"].clone())
        .collect();
    assert_eq!(clients, ["mockclient-4000001002", "mockpartner-4000002002"]);
    assert!(scene.greenhouse.settle().await);
}
