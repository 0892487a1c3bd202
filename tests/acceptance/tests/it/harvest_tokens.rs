//! Tests tokens against the mock's token host: one request for all waiting callers, crashes at
//! every step, and a partner's connection over weeks.

mod crashes;
mod stage;
mod weeks;

use std::{sync::Arc, time::Duration};

use greenhouse_core::store::memory::MemoryStore;

use self::stage::{HOUR, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_callers_with_an_expired_token_send_one_request() {
    for clients in [1, 3] {
        let stage = Stage::set().await;
        let store = Arc::new(MemoryStore::new());
        let clients: Vec<_> = (0..clients).map(|_| stage.client(&store)).collect();
        for client in &clients {
            stage.calls(client).await.unwrap();
        }
        assert_eq!(
            stage.token_requests(),
            1,
            "the other callers found the token in the store"
        );

        stage.advance(HOUR + Duration::from_secs(1));
        let callers: Vec<_> = clients.iter().cycle().take(100).cloned().collect();
        let callers = callers.into_iter().map(|client| {
            let stage = stage.clone();
            tokio::spawn(async move { stage.calls(&client).await })
        });
        for caller in callers.collect::<Vec<_>>() {
            caller.await.unwrap().unwrap();
        }
        assert_eq!(stage.token_requests(), 2, "{} clients", clients.len());
    }
}
