//! Hosts in processes of their own, which are killed, stopped, clicked at and measured: this program starts itself again as
//! the host. A push is killed at every exchange with `ACCEPTANCE=full`, at some of them without. What needs PostgreSQL shows as
//! ignored where it is not to be had; with `REQUIRE_POSTGRES` set it fails.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod balancer;
#[path = "../push_matrix/chance.rs"]
#[expect(dead_code, reason = "nothing is drawn from a list here")]
mod chance;
mod chaos;
mod clicks;
mod crowd;
mod farewell;
mod flood;
mod host;
mod kills;
mod notices;
mod product;
mod report;
mod scale;
mod stage;
mod stops;

use std::{env, process::ExitCode, sync::Arc};

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use sqlx_store::testing::{ClusterOptions, PostgresCluster};
use tokio::runtime::Runtime;

use self::{chaos::Chaos, flood::Size, host::ON_WARP};

fn main() -> ExitCode {
    if let Some(config) = host::config() {
        host::run(&config);
        return ExitCode::SUCCESS;
    }
    if crowd::is_one() {
        crowd::gather();
        return ExitCode::SUCCESS;
    }
    let full = env::var("ACCEPTANCE").is_ok_and(|size| size == "full");
    let trials = vec![
        trial("a_push_survives_kill_9_at_every_exchange", move || {
            kills::at_every_exchange(full)
        }),
        trial(
            "stops_leave_a_push_that_can_be_retried",
            stops::leave_a_push_that_can_be_retried,
        ),
        trial(
            "stops_leave_the_queue_to_the_next_host",
            stops::leave_the_queue_to_the_next_host,
        ),
        trial("stops_are_told_at_once", stops::are_told_at_once),
        trial("fifty_clicks_on_one_host", || clicks::of_one_assessment(1)),
        trial("fifty_clicks_on_two_hosts", || clicks::of_one_assessment(2)),
        trial("fifty_clicks_for_one_person_on_one_host", || {
            clicks::of_two_assessments_of_one_person(1, 1)
        }),
        trial("fifty_clicks_for_one_person_on_two_hosts", move || {
            clicks::of_two_assessments_of_one_person(2, if full { 8 } else { 2 })
        }),
        trial("notices_of_three_hosts_on_one_file", move || {
            notices::are_delivered_by_one_host_at_a_time(notices(full), None)
        }),
        Trial::ignorable_test("notices_of_three_hosts_on_postgres", move || {
            on_postgres(|database| {
                notices::are_delivered_by_one_host_at_a_time(notices(full), Some(database))
            })
        }),
        trial("a_flood_of_deliveries_survives_kill_9", move || {
            flood::has_every_effect_once(flood(full))
        }),
        Trial::ignorable_test("chaos_of_three_hosts_on_postgres", move || {
            in_chaos(chaos(full))
        }),
        Trial::ignorable_test("scale_of_one_and_three_hosts_on_postgres", move || {
            if !full {
                return Ok(Completion::ignored_with(
                    "the figures are printed with ACCEPTANCE=full",
                ));
            }
            on_postgres_server(|cluster| {
                let fresh = move || cluster.fresh_database().unwrap();
                scale::of_one_and_three_hosts(flood(false), 200, fresh)
            })
        }),
        trial("a_farewell_of_axum", || farewell::answers_everybody(None)),
        trial("a_farewell_of_warp", || {
            farewell::answers_everybody(Some(ON_WARP))
        }),
        trial("a_crowd_that_asks_axum", || crowd::loses_no_request(None)),
        trial("a_crowd_that_asks_warp", || {
            crowd::loses_no_request(Some(ON_WARP))
        }),
        crowded("a_crowd_before_axum", move || {
            crowd::does_not_keep_others_out(crowd_size(full), None)
        }),
        crowded("a_crowd_before_warp", move || {
            crowd::does_not_keep_others_out(crowd_size(full), Some(ON_WARP))
        }),
        Trial::ignorable_test("a_host_without_descriptors", || {
            if !crowd::can_take_descriptors() {
                return Ok(Completion::ignored_with("there is no prlimit"));
            }
            played(crowd::takes_the_last_descriptor())?;
            Ok(Completion::Completed)
        }),
        measured(
            "a_report_of_10_mb_costs_30_mb_at_most",
            report::costs_three_times_its_size,
        ),
        measured(
            "many_reports_of_10_mb_cost_30_mb_at_most",
            report::many_cost_no_more_than_one,
        ),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn crowd_size(full: bool) -> usize {
    if full { 10_000 } else { 400 }
}

fn flood(full: bool) -> Size {
    let (deliveries, kills, links) = if full {
        (20_000, 20, 400)
    } else {
        (2_000, 5, 200)
    };
    Size {
        deliveries,
        kills,
        links,
    }
}

fn chaos(full: bool) -> Chaos {
    let (deliveries, links, tests, pushes) = if full {
        (8_000, 200, 160, 80)
    } else {
        (400, 40, 6, 3)
    };
    let flood = Size {
        deliveries,
        kills: 0,
        links,
    };
    Chaos {
        flood,
        tests,
        pushes,
    }
}

/// A cluster of its own, since it is restarted.
fn in_chaos(size: Chaos) -> Result<Completion, Failed> {
    let cluster = match PostgresCluster::can_be_private() {
        Ok(()) => PostgresCluster::private(ClusterOptions::from_env())?,
        Err(why) if env::var_os("REQUIRE_POSTGRES").is_none() => {
            return Ok(Completion::ignored_with(why));
        }
        Err(why) => return Err(why.into()),
    };
    let database = cluster.fresh_database()?;
    played(chaos::loses_nothing(size, Arc::new(cluster), database))?;
    Ok(Completion::Completed)
}

fn notices(full: bool) -> usize {
    if full { 1_000 } else { 100 }
}

fn trial<F: Future<Output = ()>>(name: &str, test: impl FnOnce() -> F + Send + 'static) -> Trial {
    Trial::test(name, || played(test()))
}

fn measured<F: Future<Output = ()>>(
    name: &str,
    test: impl FnOnce() -> F + Send + 'static,
) -> Trial {
    Trial::ignorable_test(name, || {
        if !report::can_be_measured() {
            let why = "this system does not tell a process's memory";
            return Ok(Completion::ignored_with(why));
        }
        played(test())?;
        Ok(Completion::Completed)
    })
}

fn crowded<F: Future<Output = ()>>(name: &str, test: impl FnOnce() -> F + Send + 'static) -> Trial {
    Trial::ignorable_test(name, || {
        if !crowd::has_place() {
            let why = "a process may not have 12,000 files open here";
            return Ok(Completion::ignored_with(why));
        }
        played(test())?;
        Ok(Completion::Completed)
    })
}

fn on_postgres<F: Future<Output = ()>>(
    test: impl FnOnce(String) -> F,
) -> Result<Completion, Failed> {
    on_postgres_server(|cluster| test(cluster.fresh_database().unwrap()))
}

fn on_postgres_server<F: Future<Output = ()>>(
    test: impl FnOnce(Arc<PostgresCluster>) -> F,
) -> Result<Completion, Failed> {
    let cluster = match PostgresCluster::start() {
        Ok(cluster) => cluster,
        Err(why) if env::var_os("REQUIRE_POSTGRES").is_none() => {
            return Ok(Completion::ignored_with(why));
        }
        Err(why) => return Err(why.into()),
    };
    let cluster = Arc::new(cluster);
    played(test(Arc::clone(&cluster)))?;
    Ok(Completion::Completed)
}

fn played(test: impl Future<Output = ()>) -> Result<(), Failed> {
    Runtime::new()?.block_on(test);
    Ok(())
}
