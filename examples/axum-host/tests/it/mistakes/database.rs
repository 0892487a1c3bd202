use std::{fs, os::unix::fs::PermissionsExt};

use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use sqlx_store::{MasterKey, StoreOptions};

use super::{Messages, open_error};
use crate::terminal::{Terminal, account, master_key};

#[test]
fn unusable_database_paths_are_explained() {
    let terminal = Terminal::new();
    terminal.write("text.sqlite", "not a database");
    fs::create_dir(terminal.path("folder.sqlite")).unwrap();
    let mut messages = Messages::default();
    for (database, expected) in [
        (
            "nowhere/greenhouse.sqlite",
            "the folder DIR/nowhere does not exist; create it or correct the path",
        ),
        (
            "folder.sqlite",
            "DIR/folder.sqlite is a folder; specify a file in it",
        ),
        (
            "text.sqlite/greenhouse.sqlite",
            "DIR/text.sqlite is a file, not a folder; correct the path",
        ),
        (
            "text.sqlite",
            "DIR/text.sqlite is not a SQLite database; specify another file",
        ),
    ] {
        let database = terminal.path(database);
        let output = terminal.run_command(&["serve", "--database", &database]);
        let expected = format!("database (GREENHOUSE_DATABASE): {expected}");
        messages.compare(&terminal, &output, &expected);
    }
    let output = terminal.run_command(&["accounts", "list"]);
    let missing = "database (GREENHOUSE_DATABASE): the file DIR/greenhouse.sqlite does not exist; correct the path, or create the file with `axum-host accounts apply`";
    messages.compare(&terminal, &output, missing);

    assert!(terminal.apply(&account("acme")).ok);
    let product = format!("product_database={}", terminal.path("folder.sqlite"));
    let output = terminal.run_command(&["serve", "--set", &product]);
    let expected = "product_database (GREENHOUSE_PRODUCT_DATABASE): DIR/folder.sqlite is a folder; specify a file in it";
    messages.compare(&terminal, &output, expected);
    messages.finish();
}

#[tokio::test]
async fn unusable_database_addresses_are_explained() {
    let key = master_key();
    let terminal = Terminal::with_keys(&[&key]);
    let mut messages = Messages::default();
    for (address, schema) in [
        ("mysql://app:canary@127.0.0.1/app", None),
        (":memory:", None),
        ("sqlite::memory:", None),
        ("greenhouse.sqlite", Some("greenhouse")),
        ("postgres://app:canary/canary@127.0.0.1/app", None),
        ("postgres://app:canary@127.0.0.1/app?sslmodus=disable", None),
        ("postgres://app:canary@127.0.0.1/app", Some("Green House")),
        ("postgres://app:canary@127.0.0.1:1/app", None),
    ] {
        let mut options = StoreOptions::default();
        let mut arguments = vec!["serve", "--database", address];
        if let Some(schema) = schema {
            options = options.schema(schema);
            arguments.extend(["--database-schema", schema]);
        }
        let expected = open_error(address, &key, options).await;
        messages.compare(&terminal, &terminal.run_command(&arguments), &expected);
    }
    messages.finish();
}

#[tokio::test]
async fn unusable_databases_are_explained() {
    let key = master_key();
    let terminal = Terminal::with_keys(&[&key]);
    assert!(terminal.apply(&account("acme")).ok);
    let mut messages = Messages::default();

    let other = master_key();
    let id = |key: &str| key.parse::<MasterKey>().unwrap().id().to_string();
    terminal.configure(&[&other], "");
    let wrong_key = format!(
        "master_keys (GREENHOUSE_MASTER_KEYS): the database needs master key {}, but the configuration contains only {}; add the missing key after the first key",
        id(&key),
        id(&other)
    );
    messages.compare(&terminal, &terminal.run_command(&["serve"]), &wrong_key);
    terminal.configure(&[&key], "");

    for (statement, named) in [
        (
            "INSERT INTO _greenhouse_migrations (version, description, checksum) \
             VALUES (9999, 'from the future', x'00')",
            "9999",
        ),
        (
            "ALTER TABLE _greenhouse_migrations RENAME TO migrations_of_a_crm",
            "another program",
        ),
    ] {
        execute(&terminal, statement).await;
        let address = terminal.path("greenhouse.sqlite");
        let expected = open_error(&address, &key, StoreOptions::default()).await;
        assert!(expected.contains(named), "{expected}");
        messages.compare(&terminal, &terminal.run_command(&["serve"]), &expected);
    }
    messages.finish();
}

/// Runs the command as another user, because root may write everywhere. Skipped unless the test
/// runs as root.
#[test]
fn a_read_only_database_is_explained() {
    let terminal = Terminal::new();
    assert!(terminal.apply(&account("acme")).ok);
    let set_mode = |name: &str, mode: u32| {
        fs::set_permissions(terminal.path(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    set_mode("", 0o755);
    for file in ["host.toml", "greenhouse.sqlite", "product.sqlite"] {
        set_mode(file, 0o444);
    }
    let Ok(output) = terminal.run_as_nobody(&["accounts", "list"]) else {
        return;
    };
    let mut messages = Messages::default();
    let expected = "database (GREENHOUSE_DATABASE): this user is not allowed to write to DIR/greenhouse.sqlite; change its owner or permissions";
    messages.compare(&terminal, &output, expected);
    messages.finish();
}

async fn execute(terminal: &Terminal, statement: &'static str) {
    let options = SqliteConnectOptions::new().filename(terminal.path("greenhouse.sqlite"));
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::query(statement)
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}
