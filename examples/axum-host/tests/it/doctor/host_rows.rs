//! Findings about the configuration, database, keys and clock.

use greenhouse_core::health::CheckState::{Problem, Warning};
use sqlx::Executor;

use super::{
    Row,
    scene::{Scene, quoted},
};
use crate::terminal::master_key;

pub(super) const ROWS: &[Row] = &[
    Row {
        about: "config_file",
        level: Problem,
        told: "nowhere.toml cannot be read",
        remedy: "--config FILE",
        wrong: |scene| Box::pin(async { scene.file = "nowhere.toml" }),
        right: |scene| Box::pin(async { scene.file = "host.toml" }),
        besides: &[],
    },
    Row {
        about: "config_syntax",
        level: Problem,
        told: "not valid TOML (line 2)",
        remedy: "Correct this line",
        wrong: |scene| Box::pin(async { scene.write("host.toml", "# canary\nlisten = canary\n") }),
        right: |scene| Box::pin(async { scene.configure() }),
        besides: &[],
    },
    Row {
        about: "config_missing",
        level: Problem,
        told: "GREENHOUSE_MASTER_KEYS",
        remedy: "--help",
        wrong: |scene| {
            Box::pin(async { scene.write("host.toml", "public_url = \"https://example.com\"") })
        },
        right: |scene| Box::pin(async { scene.configure() }),
        besides: &[],
    },
    Row {
        about: "config_value",
        level: Problem,
        told: "master_keys",
        remedy: "Correct the value",
        wrong: |scene| {
            Box::pin(async {
                let keys = scene.member("master_keys", "[\"canary\"]");
                scene.members.insert("master_keys", keys);
            })
        },
        right: |scene| Box::pin(async { scene.configure() }),
        besides: &[],
    },
    Row {
        about: "config_variable",
        level: Warning,
        told: "GREENHOUSE_LISTENS is not a setting",
        remedy: "--help",
        wrong: |scene| {
            Box::pin(async {
                let variable = ("GREENHOUSE_LISTENS", "canary");
                scene.variables = vec![(variable.0.to_owned(), variable.1.to_owned())];
            })
        },
        right: |scene| Box::pin(async { scene.variables.clear() }),
        besides: &[],
    },
    Row {
        about: "sandbox",
        level: Warning,
        told: "instead of the real Greenhouse",
        remedy: "GREENHOUSE_SANDBOX",
        wrong: |scene| Box::pin(async { drop(scene.member("sandbox", "\"http://127.0.0.1:9\"")) }),
        right: |scene| {
            Box::pin(async {
                scene.members.remove("sandbox");
                scene.configure();
            })
        },
        besides: &[],
    },
    Row {
        about: "listen",
        level: Problem,
        told: "expected address:port",
        remedy: "GREENHOUSE_LISTEN",
        wrong: |scene| Box::pin(async { drop(scene.member("listen", "\"127.0.0.1\"")) }),
        right: |scene| Box::pin(async { drop(scene.member("listen", "\"127.0.0.1:8080\"")) }),
        besides: &[],
    },
    Row {
        about: "listen",
        level: Problem,
        told: "cannot be resolved",
        remedy: "an IP address of this machine",
        wrong: |scene| Box::pin(async { drop(scene.member("listen", "\"nowhere.invalid:80\"")) }),
        right: |scene| Box::pin(async { drop(scene.member("listen", "\"127.0.0.1:8080\"")) }),
        besides: &[],
    },
    Row {
        about: "public_url",
        level: Warning,
        told: "unencrypted",
        remedy: "https",
        wrong: |scene| {
            Box::pin(async { drop(scene.member("public_url", "\"http://example.com\"")) })
        },
        right: |scene| {
            Box::pin(async { drop(scene.member("public_url", "\"https://example.com\"")) })
        },
        besides: &[],
    },
    Row {
        about: "database_address",
        level: Problem,
        told: "must be a path",
        remedy: "GREENHOUSE_DATABASE",
        wrong: |scene| other_database(scene, "mysql://user:canary@localhost/db"),
        right: own_database,
        besides: &[],
    },
    Row {
        about: "database_missing",
        level: Problem,
        told: "database file does not exist",
        remedy: "accounts apply",
        wrong: |scene| {
            Box::pin(async {
                let path = scene.path("new.sqlite");
                other_database(scene, &path).await;
            })
        },
        right: |scene| Box::pin(async { scene.apply().await }),
        // A new account has not received a webhook yet.
        besides: &["webhooks"],
    },
    Row {
        about: "database",
        level: Problem,
        told: "not a SQLite database",
        remedy: "the correct path or URL",
        wrong: |scene| {
            Box::pin(async {
                scene.write("own.txt", "this is no database, and long enough to show it");
                let path = scene.path("own.txt");
                other_database(scene, &path).await;
            })
        },
        right: own_database,
        besides: &[],
    },
    Row {
        about: "database",
        level: Problem,
        told: "is read-only",
        remedy: "can read and write the database",
        wrong: |scene| {
            Box::pin(async {
                let address = format!("sqlite://{}?mode=ro", scene.path("greenhouse.sqlite"));
                other_database(scene, &address).await;
            })
        },
        right: own_database,
        besides: &[],
    },
    Row {
        about: "database_time",
        level: Problem,
        told: "did not respond within 20 seconds",
        remedy: "the database server is running",
        wrong: |scene| Box::pin(async { scene.clock.skip_waits_from(20) }),
        right: |scene| Box::pin(async { scene.clock.skip_waits_from(u64::MAX) }),
        besides: &[],
    },
    Row {
        about: "database_lock",
        level: Problem,
        told: "more than 3 seconds",
        remedy: "Stop that program",
        wrong: |scene| {
            Box::pin(async {
                let mut holder = scene.connect().await;
                holder.execute("BEGIN IMMEDIATE").await.unwrap();
                scene.held = Some(holder);
            })
        },
        right: |scene| Box::pin(async { scene.held = None }),
        besides: &[],
    },
    Row {
        about: "database_schema",
        level: Problem,
        told: "is not supported by SQLite",
        remedy: "GREENHOUSE_DATABASE_SCHEMA",
        wrong: |scene| Box::pin(async { drop(scene.member("database_schema", "\"greenhouse\"")) }),
        right: |scene| {
            Box::pin(async {
                scene.members.remove("database_schema");
                scene.configure();
            })
        },
        besides: &[],
    },
    Row {
        about: "schema_older",
        level: Problem,
        told: ", expected ",
        remedy: "accounts list",
        wrong: |scene| {
            Box::pin(async {
                let back = "DELETE FROM _greenhouse_migrations WHERE version = 8";
                scene.sql(back).await;
            })
        },
        right: |scene| Box::pin(async { drop(scene.run_command(&["accounts", "list"])) }),
        besides: &[],
    },
    Row {
        about: "schema_newer",
        level: Problem,
        told: "has schema version 9999",
        remedy: "restore a backup",
        wrong: |scene| {
            Box::pin(async {
                scene.copy("greenhouse.sqlite", "backup.sqlite");
                let newer = "INSERT INTO _greenhouse_migrations (version, description, checksum) \
                             VALUES (9999, 'from the future', x'00')";
                scene.sql(newer).await;
            })
        },
        right: restore,
        besides: &[],
    },
    Row {
        about: "database_shared",
        level: Problem,
        told: "contains another program's tables",
        remedy: "a separate file",
        wrong: |scene| {
            Box::pin(async {
                scene.copy("greenhouse.sqlite", "backup.sqlite");
                let other = "ALTER TABLE _greenhouse_migrations RENAME TO versions_of_a_crm";
                scene.sql(other).await;
            })
        },
        right: restore,
        besides: &[],
    },
    Row {
        about: "schema_other",
        level: Problem,
        told: "migration 1 in the database differs",
        remedy: "restore a backup",
        wrong: |scene| {
            Box::pin(async {
                scene.copy("greenhouse.sqlite", "backup.sqlite");
                scene
                    .sql("UPDATE _greenhouse_migrations SET checksum = x'00' WHERE version = 1")
                    .await;
            })
        },
        right: restore,
        besides: &[],
    },
    Row {
        about: "master_key",
        level: Problem,
        told: "but master_keys contains only",
        remedy: "after the first key",
        wrong: |scene| {
            Box::pin(async {
                let new = quoted(&master_key());
                let old = scene.member("master_keys", format!("[{new}]"));
                let both = format!("[{new}, {}]", old.trim_matches(['[', ']']));
                scene.members.insert("master_keys", both);
            })
        },
        right: |scene| Box::pin(async { scene.configure() }),
        besides: &[],
    },
    Row {
        about: "product_database",
        level: Warning,
        told: "does not exist",
        remedy: "accounts apply",
        wrong: |scene| {
            Box::pin(async {
                let path = quoted(&scene.path("new.sqlite"));
                scene.member("product_database", path);
            })
        },
        right: |scene| Box::pin(async { scene.apply().await }),
        besides: &[],
    },
    Row {
        about: "product",
        level: Problem,
        told: "did not list its jobs",
        remedy: "the product's database file",
        wrong: |scene| {
            Box::pin(async {
                scene.write("own.txt", "this is no database, and long enough to show it");
                let path = quoted(&scene.path("own.txt"));
                scene.member("product_database", path);
            })
        },
        right: |scene| {
            Box::pin(async {
                let path = quoted(&scene.path("product.sqlite"));
                scene.member("product_database", path);
            })
        },
        besides: &[],
    },
    Row {
        about: "clock",
        level: Warning,
        told: "seconds ahead of the clock of Greenhouse",
        remedy: "time server",
        wrong: |scene| Box::pin(async { scene.clock.set(60) }),
        right: |scene| Box::pin(async { scene.clock.set(0) }),
        besides: &[],
    },
    Row {
        about: "clock",
        level: Problem,
        told: "seconds behind the clock of Greenhouse",
        remedy: "time server",
        wrong: |scene| Box::pin(async { scene.clock.set(-400) }),
        right: |scene| Box::pin(async { scene.clock.set(0) }),
        besides: &[],
    },
];

fn other_database<'a>(scene: &'a mut Scene, address: &str) -> super::Done<'a> {
    let address = quoted(address);
    Box::pin(async move { drop(scene.member("database", address)) })
}

fn own_database(scene: &mut Scene) -> super::Done<'_> {
    let path = scene.path("greenhouse.sqlite");
    other_database(scene, &path)
}

/// Restores the database from the backup.
pub(super) fn restore(scene: &mut Scene) -> super::Done<'_> {
    Box::pin(async { scene.rename("backup.sqlite", "greenhouse.sqlite") })
}
