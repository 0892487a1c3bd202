//! A partner's account over weeks of simulated time.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use greenhouse_core::{
    AccountId, Background, Clock, Secret,
    integration::Ports,
    report_link::{ReportLinkKey, ReportLinks},
    settings::{AccountSettings, PushSettings},
    store::{AccountRecord, Changes, StoreWriter, Write, memory::MemoryStore},
    testing::FakePlatform,
};
use greenhouse_harvest::{AuthProblem, Error, HarvestClients, KeepAlive};
use mock_greenhouse::RefreshTokenLife;

use super::stage::Stage;

const LIVES: [(RefreshTokenLife, i64); 2] = [
    (RefreshTokenLife::OneDay, 1),
    (RefreshTokenLife::FourteenDays, 14),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_with_keep_alive_is_never_lost() {
    for (life, _) in LIVES {
        let stage = Stage::set().await;
        stage
            .greenhouse
            .switch(|switches| switches.refresh_token_life = life);
        let (store, clients) = hosted(&stage).await;
        let account = AccountId::new("acme");
        let connection = clients.partner(&account).await.unwrap().unwrap();
        stage.connect(&connection).await;

        let hosts: Vec<_> = (0..2)
            .map(|_| KeepAlive::new(clients.clone(), store.clone(), stage.clock.clone()))
            .collect();
        let end = stage.clock.now() + TimeDelta::days(20);
        while stage.clock.now() < end {
            let mut next = end;
            for host in &hosts {
                next = next.min(host.run_due(16).await.unwrap().unwrap());
            }
            let wait = (next - stage.clock.now()).to_std().unwrap_or_default();
            stage.advance(wait.max(Duration::from_secs(1)));
        }
        // The client requests the first token, and another one every 12 hours. Rounds run hourly
        // and end at most a second late.
        let requests = stage.token_requests();
        assert!((38..=42).contains(&requests), "{life:?}: {requests}");
        let access = clients.access(&account).await.unwrap().unwrap();
        stage.calls(&access.client).await.unwrap();
        println!("{life:?}: connected after 20 days, {requests} tokens");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_without_keep_alive_expires_and_can_be_renewed() {
    for (life, days) in LIVES {
        let stage = Stage::set().await;
        stage
            .greenhouse
            .switch(|switches| switches.refresh_token_life = life);
        let (_store, clients) = hosted(&stage).await;
        let account = AccountId::new("acme");
        let client = clients.access(&account).await.unwrap().unwrap().client;
        let connection = client.partner().unwrap();

        let problem = problem(stage.calls(&client).await);
        assert_eq!(problem, AuthProblem::NotConnected);
        assert_eq!(stage.token_requests(), 0);
        stage.connect(&connection).await;
        stage.calls(&client).await.unwrap();

        stage.advance(Duration::from_secs(
            u64::try_from(days).unwrap() * 24 * 3600,
        ));
        let ended = self::problem(stage.calls(&client).await);
        assert_eq!(ended, AuthProblem::Reconnect, "{life:?}");
        assert!(ended.remedy().contains("Connect the account again"));
        let requests = stage.token_requests();
        assert_eq!(self::problem(stage.calls(&client).await), ended);
        let kept = connection.keep_alive().await;
        assert_eq!(self::problem(kept.map(drop)), ended);
        assert_eq!(
            stage.token_requests(),
            requests,
            "the expired token is not sent again"
        );

        stage.connect(&connection).await;
        stage.calls(&client).await.unwrap();
    }
}

fn problem(ended: Result<(), Error>) -> AuthProblem {
    match ended {
        Err(Error::Auth { problem, .. }) => problem,
        other => panic!("{other:?}"),
    }
}

/// Creates a host with one account that uses the partner's app.
async fn hosted(stage: &Stage) -> (Arc<MemoryStore>, Arc<HarvestClients>) {
    let store = Arc::new(MemoryStore::new());
    let key = ReportLinkKey::new("1", Secret::new("s".repeat(32))).unwrap();
    let mut settings = AccountSettings::new(ReportLinks::new(key, vec![]));
    settings.push = Some(PushSettings::new(stage.partner()));
    let mut changes = Changes::none();
    changes.account = Some(Write::Put(AccountRecord::new(settings, vec![])));
    let _ = store.apply(&AccountId::new("acme"), changes).await.unwrap();
    let ports = Ports::builder(FakePlatform::new(), store.clone())
        .public_url("https://product.example")
        .unwrap()
        .transport(stage.transport.clone())
        .clock(stage.clock.clone())
        .build()
        .unwrap();
    let clients = HarvestClients::builder(&ports).endpoints(stage.endpoints());
    (store, Arc::new(clients.build().unwrap()))
}
