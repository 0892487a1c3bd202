//! The host on PostgreSQL: on a private cluster, or on the server that `TEST_DATABASE_URL` names. Where neither is to be had
//! these tests show as ignored; with `REQUIRE_POSTGRES` set they fail.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::{env, process::ExitCode};

use acceptance::at_rest::{AtRest, nothing_leaks};
use axum_host::{demo::Setting, web::Axum};
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use sqlx_store::testing::PostgresCluster;
use tokio::runtime::Runtime;

fn main() -> ExitCode {
    let trials = vec![Trial::ignorable_test(
        "at_rest::no_secret_is_in_a_dump_and_after_an_erasure_no_person",
        on_postgres,
    )];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn on_postgres() -> Result<Completion, Failed> {
    let cluster = match PostgresCluster::start() {
        Ok(cluster) => cluster,
        Err(why) if env::var_os("REQUIRE_POSTGRES").is_none() => {
            return Ok(Completion::ignored_with(why));
        }
        Err(why) => return Err(why.into()),
    };
    let database = cluster.fresh_database()?;
    let read = || AtRest::dump(cluster.dump(&database).unwrap());
    Runtime::new()?.block_on(async {
        let stage = Setting::on(&Axum).database(database.as_str()).set().await;
        let stage = stage.unwrap();
        nothing_leaks(&stage, read).await;
        stage.strike().await.unwrap();
    });
    Ok(Completion::Completed)
}
