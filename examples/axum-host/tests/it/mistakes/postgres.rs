use sqlx_store::{
    StoreOptions,
    testing::{ClusterOptions, PostgresCluster},
};

use super::{Messages, open_error};
use crate::terminal::{Terminal, account, master_key};

#[tokio::test(flavor = "multi_thread")]
async fn unusable_postgresql_databases_are_explained() {
    let trusted = "host all stranger 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n\
                   local all all trust\n";
    let mut options = ClusterOptions::default();
    options.files = vec![("pg_hba.conf".to_owned(), trusted.as_bytes().to_vec())];
    let cluster = match PostgresCluster::private(options) {
        Ok(cluster) => cluster,
        Err(error) if std::env::var_os("REQUIRE_POSTGRES").is_none() => {
            eprintln!("not run: {error}");
            return;
        }
        Err(error) => panic!("{error}"),
    };
    let database = cluster.fresh_database().unwrap();
    let missing = cluster.url("nowhere");
    let (scheme, rest) = database.split_once("://").unwrap();
    let (_, server) = rest.split_once('@').unwrap();
    let stranger = format!("{scheme}://stranger:canary@{server}");
    let key = master_key();
    let terminal = Terminal::with_keys(&[&key]);
    let mut messages = Messages::default();
    for (database, code) in [(stranger.as_str(), "28P01"), (&missing, "3D000")] {
        let expected = open_error(database, &key, StoreOptions::default()).await;
        assert!(expected.contains(code), "{expected}");
        let output = terminal.run_command(&["accounts", "list", "--database", database]);
        messages.compare(&terminal, &output, &expected);
    }
    // The database itself is valid.
    let file = terminal.write("accounts.toml", &account("acme"));
    let apply = [
        "accounts",
        "apply",
        "--unchecked",
        &file,
        "--database",
        &database,
    ];
    let applied = terminal.run_command(&apply);
    assert!(applied.ok, "{applied:?}");
    messages.finish();
}
