//! A server with a certificate for `localhost`, signed by a private certificate authority.

use std::{path::Path, process::Command};

use sqlx_store::{
    OpenError, SqlxStore,
    testing::{ClusterOptions, PostgresCluster},
};
use tempfile::TempDir;

use crate::server::{Test, keys, tests};

pub(crate) fn tests() -> Vec<Test> {
    tests![; private the_ssl_mode_of_the_url_is_enforced]
}

async fn the_ssl_mode_of_the_url_is_enforced() {
    let own = Certificates::new();
    let other = Certificates::new();
    let mut options = ClusterOptions::default();
    options.settings = vec![("ssl".to_owned(), "on".to_owned())];
    options.files = vec![
        ("server.crt".to_owned(), own.read("server.crt")),
        ("server.key".to_owned(), own.read("server.key")),
    ];
    let cluster = PostgresCluster::private(options).unwrap();
    let by_number = cluster.fresh_database().unwrap();
    let by_name = by_number.replace("127.0.0.1", "localhost");
    let (root, wrong_root) = (own.path("ca.crt"), other.path("ca.crt"));

    for (url, encrypted) in [
        (by_number.clone(), true),
        (format!("{by_number}?sslmode=disable"), false),
        (format!("{by_number}?sslmode=require"), true),
        (
            format!("{by_number}?sslmode=verify-ca&sslrootcert={root}"),
            true,
        ),
        (
            format!("{by_number}?sslmode=require&sslrootcert={root}"),
            true,
        ),
        (
            format!("{by_name}?sslmode=verify-full&sslrootcert={root}"),
            true,
        ),
    ] {
        assert_eq!(is_encrypted(&url).await.unwrap(), encrypted, "{url}");
    }
    for url in [
        format!("{by_number}?sslmode=verify-full&sslrootcert={root}"),
        format!("{by_name}?sslmode=verify-full&sslrootcert={wrong_root}"),
        format!("{by_name}?sslmode=require&sslrootcert={wrong_root}"),
        format!("{by_name}?sslmode=verify-full"),
    ] {
        let refused = is_encrypted(&url).await.unwrap_err();
        assert!(matches!(refused, OpenError::Open(_)), "{url}: {refused:?}");
    }
    // The store does not fall back to an unencrypted connection.
    let server = PostgresCluster::private(ClusterOptions::default()).unwrap();
    let plain = server.fresh_database().unwrap();
    assert!(!is_encrypted(&plain).await.unwrap());
    let refused = is_encrypted(&format!("{plain}?sslmode=require")).await;
    assert!(matches!(refused, Err(OpenError::Open(_))));
}

/// Returns `true` if the server reports the store's connections as encrypted.
async fn is_encrypted(url: &str) -> Result<bool, OpenError> {
    let store = SqlxStore::open(url, keys()).await?;
    // This connection only runs a query and does not need to verify the server.
    let (address, _) = url.split_once('?').unwrap_or((url, ""));
    let asking = format!("{address}?sslmode=disable");
    let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(&asking)
        .await
        .unwrap();
    let encrypted: Vec<bool> = sqlx::query_scalar(
        "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    store.close().await;
    assert!(!encrypted.is_empty());
    let first = encrypted[0];
    assert!(encrypted.iter().all(|encrypted| *encrypted == first));
    Ok(first)
}

/// A private certificate authority, and a server certificate for `localhost`.
struct Certificates(TempDir);

impl Certificates {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("name"), "subjectAltName=DNS:localhost").unwrap();
        openssl(
            folder.path(),
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=authority \
             -keyout ca.key -out ca.crt",
        );
        openssl(
            folder.path(),
            "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \
             -keyout server.key -out server.csr",
        );
        openssl(
            folder.path(),
            "x509 -req -in server.csr -CA ca.crt -CAkey ca.key -set_serial 1 -days 2 -extfile name \
             -out server.crt",
        );
        Self(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }
}

fn openssl(folder: &Path, arguments: &str) {
    let output = Command::new("openssl")
        .current_dir(folder)
        .args(arguments.split_whitespace())
        .output()
        .expect("openssl is required for the certificates of this test");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}
