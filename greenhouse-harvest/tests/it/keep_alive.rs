use std::{sync::Arc, time::Duration};

use greenhouse_core::{
    AccountId, Background, Clock,
    integration::Ports,
    settings::{AccountSettings, HarvestCredential, PushSettings},
    store::{AccountRecord, Changes, StoreWriter, Write, memory::MemoryStore},
    testing::{FailingStore, Failure, FakePlatform, ManualClock, StoreFault},
};
use greenhouse_harvest::{HarvestClients, KeepAlive};

use crate::support::{
    start,
    token_host::{CODE, TokenHost},
    world::links,
};

#[tokio::test]
async fn a_round_refreshes_connected_accounts_and_skips_the_others() {
    let clock = Arc::new(ManualClock::at(start()));
    let host = TokenHost::new(&clock);
    let store = Arc::new(MemoryStore::new());
    for (name, credential, on) in [
        ("a-own", TokenHost::own(), true),
        ("b-off", TokenHost::partner(), false),
        ("c-not-connected", TokenHost::partner(), true),
        ("d-connected", TokenHost::partner(), true),
    ] {
        let record = AccountRecord::new(settings(credential, on), vec![]);
        let mut changes = Changes::none();
        changes.account = Some(Write::Put(record));
        let _ = store.apply(&AccountId::new(name), changes).await.unwrap();
    }
    let failing_store = Arc::new(FailingStore::around(store));
    let ports = Ports::builder(FakePlatform::new(), failing_store.clone())
        .public_url("https://product.example")
        .unwrap()
        .transport(host.clone())
        .clock(clock.clone())
        .build()
        .unwrap();
    let clients = Arc::new(HarvestClients::builder(&ports).build().unwrap());
    let connected = clients.partner(&AccountId::new("d-connected")).await;
    connected.unwrap().unwrap().exchange(CODE).await.unwrap();
    let keep_alive = KeepAlive::new(clients, failing_store.clone(), clock.clone());
    host.asked();

    for (hours, refreshed) in [(0, 0), (11, 0), (1, 1), (1, 0), (11, 1)] {
        clock.advance(Duration::from_secs(hours * 3600));
        // Each page has one account. A page that fails is read again.
        failing_store.plan(Some(StoreFault {
            call: 4,
            how: Failure::Before,
            lasts: false,
        }));
        let mut failed = 0;
        let next = loop {
            match keep_alive.run_due(1).await {
                Ok(next) if next == Some(clock.now()) => {}
                Ok(next) => break next.unwrap(),
                Err(_) => failed += 1,
            }
        };
        assert_eq!((next - clock.now()).num_seconds(), 3600);
        assert_eq!((failed, host.tokens_asked()), (1, refreshed), "{hours}");

        // Between the rounds, nothing is read.
        failing_store.plan(None);
        assert_eq!(keep_alive.run_due(1).await.unwrap(), Some(next));
        assert!(failing_store.calls().is_empty());
    }
}

fn settings(credential: HarvestCredential, on: bool) -> AccountSettings {
    let mut settings = AccountSettings::new(links());
    let mut push = PushSettings::new(credential);
    push.enabled = on;
    settings.push = Some(push);
    settings
}
