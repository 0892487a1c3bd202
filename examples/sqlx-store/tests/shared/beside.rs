//! The store and another application in one database, with their migrations in each order. The
//! application migrates with sqlx, and its migrator must work before and after the store is added.

use greenhouse_core::{
    AccountId, ApplicationId, AssessmentId, CandidateId,
    store::{Applied, Changes, Link, Records, StoreWriter, Write},
};
use sqlx::{
    SqlSafeStr,
    migrate::{Migration, MigrationType, Migrator},
};
use sqlx_store::{OpenError, SqlxStore, StoreOptions};

use crate::test_database::{TestDatabase, keys};

/// Returns the cases for a database: five for SQLite, ten for PostgreSQL.
pub(crate) fn cases(database: Database) -> impl Iterator<Item = &'static Case> {
    CASES.iter().filter(move |case| case.database == database)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Database {
    Sqlite,
    Postgres,
}

pub(crate) struct Case {
    database: Database,
    pub(crate) name: &'static str,
    steps: &'static [Step],
}

#[derive(Debug, Clone, Copy)]
enum Step {
    /// The application migrates to this version and refuses unknown migrations.
    Application(i64),
    /// The application migrates and ignores unknown migrations.
    TolerantApplication(i64),
    /// The application's migrator refuses the database.
    ApplicationFails,
    /// The application creates a table with this name.
    Table(&'static str),
    /// An earlier version of the store, which used `_sqlx_migrations`, creates its schema.
    OldStore,
    /// A newer version of the store adds a migration.
    NewerStore,
    /// The store opens, still has its earlier data, and accepts writes.
    Store(Schema),
    /// Six hosts open the store at the same time.
    Hosts(Schema),
    /// The store refuses the database with this advice and does not change it.
    Refused(Schema, &'static str),
}
use Step::{
    Application, ApplicationFails, Hosts, NewerStore, OldStore, Refused, Store, Table,
    TolerantApplication,
};

/// The configured schema of the store.
type Schema = Option<&'static str>;

const OWN: Schema = Some("greenhouse");
const A_FILE: &str = "another program: give the store its own file";
const A_SCHEMA: &str = "another program: give the store its own schema";
const NEWER: &str = "run the newer version";

const CASES: &[Case] = &[
    Case {
        database: Database::Sqlite,
        name: "an application's file is refused",
        steps: &[Application(1), Refused(None, A_FILE), Application(2)],
    },
    Case {
        database: Database::Sqlite,
        name: "a file with one table is refused",
        steps: &[Table("customers"), Refused(None, A_FILE), Application(1)],
    },
    Case {
        database: Database::Sqlite,
        name: "an application is added to the file of the store",
        steps: &[Store(None), Application(1), Store(None), Application(2)],
    },
    Case {
        database: Database::Sqlite,
        name: "an application is added to the file of an earlier store",
        steps: &[
            OldStore,
            ApplicationFails,
            Hosts(None),
            Application(1),
            Store(None),
            Application(2),
        ],
    },
    Case {
        database: Database::Sqlite,
        name: "a newer store beside an application",
        steps: &[
            Store(None),
            Application(1),
            NewerStore,
            Refused(None, NEWER),
            Application(2),
        ],
    },
    Case {
        database: Database::Postgres,
        name: "the store is added to an application",
        steps: &[Application(1), Hosts(None), Application(2), Store(None)],
    },
    Case {
        database: Database::Postgres,
        name: "an application is added to the store",
        steps: &[Store(None), Application(1), Store(None), Application(2)],
    },
    Case {
        database: Database::Postgres,
        name: "the store in a schema of its own beside an application",
        steps: &[
            Application(1),
            Table("links"),
            Hosts(OWN),
            Application(2),
            Store(OWN),
        ],
    },
    Case {
        database: Database::Postgres,
        name: "an application is added to the schema of a store",
        steps: &[Store(OWN), Application(1), Store(OWN), Application(2)],
    },
    Case {
        database: Database::Postgres,
        name: "an application is added to an earlier store",
        steps: &[
            OldStore,
            ApplicationFails,
            Hosts(None),
            Application(1),
            Store(None),
            Application(2),
        ],
    },
    Case {
        database: Database::Postgres,
        name: "an application with migrations in the table of an earlier store",
        steps: &[
            OldStore,
            TolerantApplication(11),
            Store(None),
            Application(12),
            Store(None),
        ],
    },
    Case {
        database: Database::Postgres,
        name: "a table of the application has the name of a store table",
        steps: &[
            Application(1),
            Table("tokens"),
            Refused(None, A_SCHEMA),
            Store(OWN),
            Application(2),
        ],
    },
    Case {
        database: Database::Postgres,
        name: "an earlier store that cannot be migrated",
        steps: &[
            OldStore,
            Table("last_seen"),
            Refused(None, A_SCHEMA),
            ApplicationFails,
        ],
    },
    Case {
        database: Database::Postgres,
        name: "a newer store beside an application",
        steps: &[
            Application(1),
            Store(None),
            NewerStore,
            Refused(None, NEWER),
            Application(2),
        ],
    },
    Case {
        database: Database::Postgres,
        name: "two stores in one database",
        steps: &[
            Store(None),
            Store(OWN),
            Application(1),
            Store(None),
            Store(OWN),
        ],
    },
];

impl Case {
    pub(crate) async fn play(&self, test_database: &impl TestDatabase) {
        for (at, step) in self.steps.iter().enumerate() {
            let context = format!("{}: step {at}, {step:?}", self.name);
            self.step(test_database, *step, &context).await;
        }
    }

    async fn step(&self, test_database: &impl TestDatabase, step: Step, context: &str) {
        match step {
            Application(version) => {
                let migrated = test_database.migrate(&application(version)).await;
                migrated.unwrap_or_else(|error| panic!("{context}: {error}"));
                let kept = "SELECT COUNT(*) FROM contacts WHERE name = 'Ann'";
                assert_eq!(test_database.number(kept).await, 1, "{context}");
            }
            TolerantApplication(version) => {
                let mut migrator = application(version);
                migrator.set_ignore_missing(true);
                let migrated = test_database.migrate(&migrator).await;
                migrated.unwrap_or_else(|error| panic!("{context}: {error}"));
            }
            ApplicationFails => {
                let migrated = test_database.migrate(&application(1)).await;
                assert!(migrated.is_err(), "{context}");
            }
            Table(name) => {
                test_database
                    .execute(&format!("CREATE TABLE {name} (own BIGINT)"))
                    .await
            }
            OldStore => test_database.migrate_to(LAST_SHARED).await,
            NewerStore => {
                let newer = "INSERT INTO _greenhouse_migrations (version, description, checksum) \
                             VALUES (9999, 'from the future', x'00')";
                test_database
                    .execute(&test_database.in_dialect(newer))
                    .await;
            }
            Store(schema) => works(open(test_database, schema).await, context).await,
            Hosts(schema) => {
                let opening = (0..6).map(|_| open(test_database, schema));
                for store in futures_util::future::join_all(opening).await {
                    works(store, context).await;
                }
            }
            Refused(schema, advice) => {
                let before = test_database.contents().await;
                let refused = open(test_database, schema).await.unwrap_err();
                assert!(
                    refused.to_string().ends_with(advice),
                    "{context}: {refused}"
                );
                assert!(
                    test_database.contents().await == before,
                    "{context}: the database was changed"
                );
                let looked = SqlxStore::open_read_only(
                    test_database.address(),
                    keys(1, &[]),
                    options(schema),
                );
                let looked = looked.await.unwrap_err();
                let is_older = matches!(looked, OpenError::OlderSchema { .. });
                assert!(
                    is_older || looked.to_string().ends_with(advice),
                    "{context}: {looked}"
                );
                assert!(
                    test_database.contents().await == before,
                    "{context}: the database was changed"
                );
            }
        }
    }
}

async fn open(test_database: &impl TestDatabase, schema: Schema) -> Result<SqlxStore, OpenError> {
    SqlxStore::open_with(test_database.address(), keys(1, &[]), options(schema)).await
}

fn options(schema: Schema) -> StoreOptions {
    let options = StoreOptions::default();
    match schema {
        Some(name) => options.schema(name),
        None => options,
    }
}

/// Asserts that earlier data is found, and that new data can be written.
async fn works(store: Result<SqlxStore, OpenError>, context: &str) {
    let store = store.unwrap_or_else(|error| panic!("{context}: {error:?}"));
    let acme = AccountId::new("acme");
    let id = AssessmentId::new("a");
    let mut link = match store.link(&acme, &id).await.unwrap() {
        Some(link) => link,
        None => Link::new(id.clone(), CandidateId::new(1), ApplicationId::new(1), None),
    };
    link.candidate = CandidateId::new(link.candidate.value() + 1);
    let candidate = link.candidate;
    let mut changes = Changes::none();
    changes.links = vec![Write::Put(link)];
    let applied = store.apply(&acme, changes).await;
    assert_eq!(applied.unwrap(), Applied::Applied, "{context}");
    let found = store.link(&acme, &id).await.unwrap().unwrap();
    assert_eq!(found.candidate, candidate, "{context}");
    store.close().await;
}

/// Returns the application's migrations up to the version `newest`. They start at version 1, like
/// the store's migrations, or at version 11 if `newest` is above 10.
fn application(newest: i64) -> Migrator {
    let first = if newest > 10 { 11 } else { 1 };
    let migrations = (first..=newest).map(|version| {
        let sql = match version == first {
            true => "CREATE TABLE contacts (name TEXT); INSERT INTO contacts VALUES ('Ann')",
            false => "CREATE TABLE orders (number BIGINT)",
        };
        let kind = MigrationType::Simple;
        Migration::new(
            version,
            "application".into(),
            kind,
            sql.into_sql_str(),
            false,
        )
    });
    Migrator::with_migrations(migrations.collect())
}

/// Last migration in the shared table.
const LAST_SHARED: i64 = 6;
