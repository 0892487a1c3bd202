//! Tests of the host on PostgreSQL: on a private cluster, or on the server at `TEST_DATABASE_URL`.
//! If neither is available, the tests are ignored, or fail if `REQUIRE_POSTGRES` is set.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod doctor;

use std::{env, process::ExitCode};

use acceptance::at_rest::{AtRest, nothing_leaks};
use axum_host::Axum;
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use server::demo::DemoBuilder;
use sqlx_store::testing::PostgresCluster;
use tokio::runtime::Runtime;

fn main() -> ExitCode {
    let trials = vec![
        Trial::ignorable_test(
            "at_rest::no_secret_is_in_a_dump_and_after_an_erasure_no_person",
            || on_postgres(&no_leaks),
        ),
        Trial::ignorable_test("doctor::problems_are_reported_until_fixed", || {
            on_postgres(&looked_at)
        }),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn on_postgres(check: &dyn Fn(&Runtime, &PostgresCluster, &str)) -> Result<Completion, Failed> {
    let cluster = match PostgresCluster::start() {
        Ok(cluster) => cluster,
        Err(why) if env::var_os("REQUIRE_POSTGRES").is_none() => {
            return Ok(Completion::ignored_with(why));
        }
        Err(why) => return Err(why.into()),
    };
    let database = cluster.fresh_database()?;
    check(&Runtime::new()?, &cluster, &database);
    Ok(Completion::Completed)
}

fn no_leaks(runtime: &Runtime, cluster: &PostgresCluster, database: &str) {
    let read = || AtRest::dump(cluster.dump(database).unwrap());
    runtime.block_on(async {
        let stage = DemoBuilder::new(&Axum)
            .database(database)
            .start()
            .await
            .unwrap();
        nothing_leaks(&stage, read).await;
        stage.stop().await.unwrap();
    });
}

/// Runs the tests of `doctor` on the database. The host is idle during each dump.
fn looked_at(runtime: &Runtime, cluster: &PostgresCluster, database: &str) {
    let dump = || {
        let dump = String::from_utf8(cluster.dump(database).unwrap()).unwrap();
        let lines = dump.lines().filter(|line| !line.starts_with('\\'));
        lines.collect::<Vec<_>>().join("\n")
    };
    runtime.block_on(async {
        let stage = DemoBuilder::new(&Axum)
            .database(database)
            .start()
            .await
            .unwrap();
        doctor::problems_are_reported_until_fixed(&stage, dump).await;
        stage.stop().await.unwrap();
    });
}
