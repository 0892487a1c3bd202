use std::sync::Arc;

use super::fixtures::{
    account, apply, at, backlog, delivery, due, entry, logged, notify, page, seen, together, write,
};
use crate::store::{Applied, Changes, LogFilter, Store};

/// The second time, a delivery changes nothing, whatever is decided about it then.
pub(super) async fn a_delivery_is_dealt_with_once(store: Arc<dyn Store>) {
    write(&store, seen(delivery("e", 1, at(0)))).await;
    let again = Changes {
        seen: Some(delivery("e", 1, at(60))),
        ..logged([entry("twice")])
    };
    assert_eq!(apply(&store, again).await, Applied::AlreadySeen);
    assert_eq!(page(&store, &LogFilter::newest(9)).await.entries, []);
}

/// The same id with another body is another delivery, and so is the same body under another id.
pub(super) async fn a_delivery_is_its_id_and_its_body(store: Arc<dyn Store>) {
    write(&store, seen(delivery("e", 1, at(0)))).await;
    write(&store, seen(delivery("e", 2, at(0)))).await;
    write(&store, seen(delivery("f", 1, at(0)))).await;
    write(&store, seen(delivery("", 1, at(0)))).await;
    write(&store, seen(delivery("", 2, at(0)))).await;
    let again = seen(delivery("", 2, at(0)));
    assert_eq!(apply(&store, again).await, Applied::AlreadySeen);
}

/// Deliveries can be stored in another order than they came in.
pub(super) async fn the_last_delivery_is_the_one_received_last(store: Arc<dyn Store>) {
    let last = || async {
        let last = store.last_delivery_at(&account()).await;
        last.expect("the store reads")
    };
    assert_eq!(last().await, None);
    write(&store, seen(delivery("e", 1, at(30)))).await;
    write(&store, seen(delivery("f", 1, at(10)))).await;
    assert_eq!(last().await, Some(at(30)));
}

/// Many hosts take the same delivery in at once, and one of them has the effect.
pub(super) async fn the_same_delivery_at_once_has_one_effect(store: Arc<dyn Store>) {
    let answers = together((0..8).map(|_| {
        let changes = Changes {
            seen: Some(delivery("e", 1, at(0))),
            log: logged([entry("once")]).log,
            ..due([(notify("i"), at(0))])
        };
        apply(&store, changes)
    }))
    .await;
    let count = |what| answers.iter().filter(|answer| **answer == what).count();
    assert_eq!(count(Applied::Applied), 1);
    assert_eq!(count(Applied::AlreadySeen), 7);
    assert_eq!(page(&store, &LogFilter::newest(9)).await.entries.len(), 1);
    assert_eq!(backlog(&store).await, 1);
}
