use std::sync::Arc;

use crate::support::Place;

greenhouse_core::store_conformance!(
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    {
        let place = Place::new();
        (Arc::new(place.open().await), place)
    }
);
