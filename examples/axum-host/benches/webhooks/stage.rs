use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use greenhouse_core::{
    ApplicationId, AssessmentId, CandidateId, JobId,
    store::{Changes, Link, TaskKind, TaskQueue, Write},
    testing::FakePlatform,
};
use sqlx_store::{MasterKey, MasterKeys, SqlxStore};
use tempfile::TempDir;

use crate::{
    bare,
    body::{self, Deliveries},
    commits,
    host::{account, nowhere, serve_host, settings, write_account},
};

/// A host with one account and 2,000 pushed assessments, and the minimal handler, each on its own
/// file.
pub(crate) struct Stage {
    pub(crate) host: SocketAddr,
    pub(crate) bare: SocketAddr,
    pub(crate) deliveries: Deliveries,
    store: SqlxStore,
    database: String,
    folder: TempDir,
}

impl Stage {
    pub(crate) async fn set() -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let database = folder.path().join("bench.sqlite").display().to_string();
        let master_keys = MasterKeys::new(MasterKey::generate().unwrap(), []);
        let store = SqlxStore::open(&database, master_keys.clone())
            .await
            .unwrap();
        let mut changes = Changes::none();
        changes.links = (0..LINKS).map(|number| Write::Put(link(number))).collect();
        write_account(&store, settings(), changes).await;
        let product = Arc::new(FakePlatform::new());
        Self {
            host: serve_host(&database, master_keys, product, nowhere()).await,
            bare: bare::serve(&folder.path().join("bare.sqlite")).await,
            deliveries: Deliveries::to(LINKS),
            store,
            database,
            folder,
        }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the number of commits to the host's file.
    pub(crate) fn commits(&self) -> u32 {
        commits::counted(&self.database)
    }

    /// Returns the number of outcomes that the product has not received yet.
    pub(crate) async fn unsent(&self) -> u64 {
        let (account, kinds) = (account(), [TaskKind::NotifyProduct]);
        let backlog = self.store.backlog(&account, &kinds).await;
        backlog.unwrap().count
    }

    /// Waits until the product has received every outcome.
    pub(crate) async fn settle(&self) {
        while self.unsent().await > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

fn link(number: i64) -> Link {
    Link::new(
        AssessmentId::new(format!("as-{number}")),
        CandidateId::new(body::candidate(number)),
        ApplicationId::new(body::application(number)),
        Some(JobId::new(3)),
    )
}

const LINKS: i64 = 2_000;
