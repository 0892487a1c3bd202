//! A minimal handler in plain axum and sqlx, with the settings of the host's store and the same
//! product.

use std::{net::SocketAddr, str::FromStr, sync::Arc};

use axum::{Router, body::Body, extract::State, http::header, response::Response, routing::get};
use bytes::Bytes;
use greenhouse_core::{AccountId, AssessmentId, platform::AssessmentPlatform};
use sqlx::{
    Row, SqlitePool,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};
use sqlx_store::StoreOptions;
use tokio::net::TcpListener;

use crate::{
    host::ACCOUNT,
    stage::{ASSESSMENT, INVITATION, key_digest},
};

/// Number and kind of reads for one request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reads {
    keys: usize,
    accounts: usize,
    invitations: usize,
    report_access: usize,
    /// If `true`, reads the product's scenarios; otherwise, reads the assessment.
    scenarios: bool,
}

impl Reads {
    pub(crate) const LIST_TESTS: Self = Self {
        keys: 1,
        accounts: 1,
        invitations: 0,
        report_access: 0,
        scenarios: true,
    };

    pub(crate) const TEST_STATUS: Self = Self {
        keys: 1,
        accounts: 3,
        invitations: 1,
        report_access: 1,
        scenarios: false,
    };
}

struct Bare {
    database: SqlitePool,
    product: Arc<dyn AssessmentPlatform>,
    reads: Reads,
    body: Bytes,
}

pub(crate) async fn serve(
    database: &str,
    product: Arc<dyn AssessmentPlatform>,
    reads: Reads,
    body: Vec<u8>,
) -> SocketAddr {
    let options = StoreOptions::default();
    let connect = SqliteConnectOptions::from_str(&format!("sqlite:{database}")).unwrap();
    let connect = connect
        .pragma("query_only", "ON")
        .busy_timeout(options.lock_timeout);
    let database = SqlitePoolOptions::new()
        .max_connections(options.readers)
        .acquire_timeout(options.lock_timeout)
        .connect_with(connect)
        .await
        .unwrap();
    let bare = Bare {
        database,
        product,
        reads,
        body: body.into(),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let routes = Router::new()
        .route("/", get(answer))
        .with_state(Arc::new(bare));
    // The server ends with the process.
    tokio::spawn(async move { axum::serve(listener, routes).await });
    address
}

async fn answer(State(bare): State<Arc<Bare>>) -> Response {
    let Reads {
        keys,
        accounts,
        invitations,
        report_access,
        scenarios,
    } = bare.reads;
    for _ in 0..keys {
        bare.read(KEY, &["partner", &key_digest()], 1).await;
    }
    for _ in 0..accounts {
        bare.read(SETTINGS, &[ACCOUNT], 1).await;
    }
    for _ in 0..invitations {
        bare.read(INVITED, &[ACCOUNT, INVITATION], 1).await;
    }
    for _ in 0..report_access {
        bare.read(ACCESS, &[ACCOUNT, ASSESSMENT], 0).await;
    }
    let account = AccountId::new(ACCOUNT);
    if scenarios {
        let scenarios = bare.product.scenarios(&account).await.unwrap();
        assert!(!scenarios.is_empty());
    } else {
        let assessment = AssessmentId::new(ASSESSMENT);
        let found = bare.product.assessment(&account, &assessment).await;
        assert!(found.unwrap().is_some());
    }
    Response::builder()
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(bare.body.clone()))
        .unwrap()
}

impl Bare {
    async fn read(&self, statement: &'static str, values: &[&str], at_least: usize) {
        let mut query = sqlx::query(statement);
        for value in values {
            query = query.bind(*value);
        }
        let rows = query.fetch_all(&self.database).await.unwrap();
        assert!(rows.len() >= at_least);
        for row in rows {
            let _: String = row.get(0);
        }
    }
}

const KEY: &str = "SELECT account FROM account_keys WHERE kind = $1 AND digest = $2";
const SETTINGS: &str = "SELECT accounts.document, accounts.operator_tokens, accounts.version, \
    secrets.name, secrets.sealed FROM accounts \
    LEFT JOIN account_secrets AS secrets ON secrets.account = accounts.account WHERE accounts.account = $1";
const INVITED: &str = "SELECT record, version FROM invitations WHERE account = $1 AND id = $2";
const ACCESS: &str =
    "SELECT record, version FROM report_access WHERE account = $1 AND assessment = $2";
