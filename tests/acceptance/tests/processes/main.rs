//! Hosts in child processes that are killed, stopped, loaded and measured. This program also runs
//! as the host. Runs a seeded sample of the tests, with small numbers, and all with
//! `ACCEPTANCE=full`, with large numbers. A filter selects from all tests. If PostgreSQL is not
//! available, tests that need it are ignored, or fail if `REQUIRE_POSTGRES` is set.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod balancer;
#[path = "../push_matrix/chance.rs"]
#[expect(dead_code, reason = "this binary draws no lists")]
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
mod refused;
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
        trial(
            "stops_show_the_failure_at_once",
            stops::show_the_failure_at_once,
        ),
        trial("fifty_requests_run_one_push_on_one_host", || {
            clicks::of_one_assessment(1)
        }),
        trial("fifty_requests_run_one_push_on_two_hosts", || {
            clicks::of_one_assessment(2)
        }),
        trial(
            "fifty_requests_for_one_person_run_two_pushes_on_one_host",
            || clicks::of_two_assessments_of_one_person(1, 1),
        ),
        trial(
            "fifty_requests_for_one_person_run_two_pushes_on_two_hosts",
            move || clicks::of_two_assessments_of_one_person(2, if full { 8 } else { 2 }),
        ),
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
            in_private_cluster(chaos(full))
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
        trial("axum_answers_every_request_before_a_stop", || {
            farewell::answers_every_request(None)
        }),
        trial("warp_answers_every_request_before_a_stop", || {
            farewell::answers_every_request(Some(ON_WARP))
        }),
        trial("axum_loses_no_request_at_the_connection_limit", || {
            crowd::loses_no_request(None)
        }),
        trial("warp_loses_no_request_at_the_connection_limit", || {
            crowd::loses_no_request(Some(ON_WARP))
        }),
        crowded(
            "axum_serves_beside_a_crowd_of_idle_connections",
            move || crowd::does_not_block_other_clients(crowd_size(full), None),
        ),
        crowded(
            "warp_serves_beside_a_crowd_of_idle_connections",
            move || crowd::does_not_block_other_clients(crowd_size(full), Some(ON_WARP)),
        ),
        Trial::ignorable_test("a_host_survives_descriptor_exhaustion", || {
            if !crowd::can_take_descriptors() {
                return Ok(Completion::ignored_with("prlimit is not installed"));
            }
            played(crowd::survives_descriptor_exhaustion())?;
            Ok(Completion::Completed)
        }),
        measured("axum_reads_no_body_for_an_unknown_hook", || {
            refused::bodies_cost_no_more_than_idle_connections(None)
        }),
        measured("warp_reads_no_body_for_an_unknown_hook", || {
            refused::bodies_cost_no_more_than_idle_connections(Some(ON_WARP))
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
    let arguments = Arguments::from_args();
    let trials = acceptance::sampled(&arguments, "tests with hosts in processes", trials, SAMPLE);
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Number of tests without `ACCEPTANCE=full`.
const SAMPLE: usize = 8;

fn crowd_size(full: bool) -> usize {
    if full { 10_000 } else { 400 }
}

fn flood(full: bool) -> Size {
    let (deliveries, kills, links) = if full {
        (20_000, 20, 400)
    } else {
        (1_000, 5, 100)
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

/// Runs the test on a private cluster, because the test restarts the server.
fn in_private_cluster(size: Chaos) -> Result<Completion, Failed> {
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
    if full { 1_000 } else { 40 }
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
            let why = "this system does not report the memory of a process";
            return Ok(Completion::ignored_with(why));
        }
        played(test())?;
        Ok(Completion::Completed)
    })
}

fn crowded<F: Future<Output = ()>>(name: &str, test: impl FnOnce() -> F + Send + 'static) -> Trial {
    Trial::ignorable_test(name, || {
        if !crowd::limit_is_sufficient() {
            let why = "this system does not allow 12,000 open files";
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
