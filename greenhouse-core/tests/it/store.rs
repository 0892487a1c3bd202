use std::sync::Arc;

use greenhouse_core::store::memory::MemoryStore;

greenhouse_core::store_conformance!(
    #[tokio::test]
    (Arc::new(MemoryStore::new()), ())
);
