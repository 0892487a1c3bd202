use greenhouse_core::forward_store;

use crate::SqlxStore;

forward_store!(Records, TaskQueue, SyncLog, Shared, Housekeeping for SqlxStore => inherent);
