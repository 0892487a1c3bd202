//! An account that is connected to a partner's app.

use std::sync::Arc;

use chrono::TimeDelta;
use greenhouse_core::{
    Clock, HttpTransport, UserId,
    health::CheckState::{Problem, Warning},
    integration::Ports,
    settings::HarvestCredential,
    testing::FakePlatform,
};
use greenhouse_harvest::HarvestClients;
use http::{Request, header};
use serde_json::Value;
use server::settings::{HostSettings, SettingsOf};
use url::Url;

use super::{Done, Row, must_be_well, scene::Scene};

pub(super) const ROWS: &[Row] = &[
    Row {
        about: "harvest_credential",
        level: Problem,
        told: "Greenhouse rejected the Harvest credential",
        remedy: "Connect the account",
        wrong: |scene| Box::pin(use_app(scene, None)),
        right: |scene| Box::pin(connect(scene)),
        besides: &[],
    },
    Row {
        about: "acting_user",
        level: Warning,
        told: "but the push acts as the user who connected",
        remedy: "Remove the acting user from the push settings",
        wrong: |scene| {
            Box::pin(async {
                let named = scene.greenhouse.job_admin();
                use_app(scene, Some(UserId::new(named))).await;
                connect(scene).await;
            })
        },
        right: |scene| {
            Box::pin(async {
                let of = SettingsOf::Push;
                scene.set_member(of, "acting_user", Value::Null).await;
            })
        },
        besides: &[],
    },
    Row {
        about: "connection",
        level: Problem,
        told: "has expired",
        remedy: "serve`",
        wrong: |scene| {
            Box::pin(async {
                use_app(scene, None).await;
                connect(scene).await;
                // This is the state after a night without a running host.
                scene
                    .sql("UPDATE tokens SET expires_at = 1, obtained_at = 0")
                    .await;
            })
        },
        right: serve,
        besides: &[],
    },
];

/// The refresh token is single-use, so its successor must be stored in the hosts' database.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_doctor_does_not_renew_the_token() {
    let mut scene = Scene::set().await;
    use_app(&mut scene, None).await;
    connect(&mut scene).await;
    // The token is still valid, but a host would renew it.
    let micros = |seconds| (scene.clock.now() + TimeDelta::seconds(seconds)).timestamp_micros();
    let near_its_end = format!(
        "UPDATE tokens SET obtained_at = {}, expires_at = {}",
        micros(-3560),
        micros(40)
    );
    scene.sql(&near_its_end).await;
    let asked = |scene: &Scene| scene.greenhouse.requests("POST", "/token");
    let (before, first) = (scene.files(), asked(&scene));
    must_be_well(&scene.examine().await, &[], "all");
    assert_eq!(asked(&scene), first);
    assert!(scene.files() == before, "a file was changed");
    let host = HostSettings::open(&scene.config(), scene.outside()).await;
    let host = host.unwrap();
    let checked = host.check(&scene.account.id, SettingsOf::Push).await;
    assert_eq!(checked.unwrap(), []);
    assert_eq!(asked(&scene), first + 1, "a host renews it");
    host.close().await;
    scene.strike().await;
}

fn serve(scene: &mut Scene) -> Done<'_> {
    Box::pin(async { scene.serve().await })
}

async fn use_app(scene: &mut Scene, acting_user: Option<UserId>) {
    let known = scene.greenhouse.partner_credential();
    let secret = Some(known.client_secret.as_str().into());
    let credential = HarvestCredential::partner(&known.client_id, secret, &known.redirect_uri);
    let push = scene.account.push.as_mut().unwrap();
    push.credential = credential.unwrap();
    push.acting_user = acting_user;
    scene.apply().await;
}

/// Consents as one of the customer's users and fetches the first token.
async fn connect(scene: &mut Scene) {
    let store = Arc::new(scene.open().await);
    let outside = scene.outside();
    let ports = Ports::builder(FakePlatform::new(), Arc::clone(&store))
        .public_url("https://product.example")
        .unwrap()
        .environment(outside.environment)
        .transport(outside.transport)
        .clock(outside.clock)
        .build()
        .unwrap();
    let clients = HarvestClients::builder(&ports).build().unwrap();
    let connection = clients.partner(&scene.account.id).await.unwrap().unwrap();
    let scopes = scene.greenhouse.partner_credential().scopes.clone();
    let url = connection.authorize_url(scopes.iter().map(String::as_str), "state");
    let request = Request::get(url.as_str())
        .body(bytes::Bytes::new())
        .unwrap();
    let answer = scene
        .transport
        .send(request, Default::default())
        .await
        .unwrap();
    let location = answer.headers()[header::LOCATION].to_str().unwrap();
    let location: Url = location.parse().unwrap();
    let code = location.query_pairs().find(|(name, _)| name == "code");
    let code = code.unwrap().1.into_owned();
    connection.exchange(code).await.unwrap();
    store.close().await;
}
