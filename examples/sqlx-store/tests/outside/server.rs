//! One server for all tests, started by the first.

use std::{
    env,
    pin::Pin,
    sync::{Arc, OnceLock},
};

use libtest_mimic::{Completion, Failed, Trial};
use sqlx_store::testing::{PostgresCluster, Unavailable};
use tokio::runtime;

/// A test that is given the server, from which it takes databases of its own.
pub(crate) struct Test {
    name: String,
    run: Box<dyn FnOnce(Arc<PostgresCluster>) -> Running + Send>,
}

impl Test {
    pub(crate) fn new<F: Future<Output = ()> + 'static>(
        name: &str,
        run: impl FnOnce(Arc<PostgresCluster>) -> F + Send + 'static,
    ) -> Self {
        Self {
            name: name.to_owned(),
            run: Box::new(|cluster| Box::pin(run(cluster))),
        }
    }
}

/// Makes a list of [`Test`]s of async functions, named by module and function.
macro_rules! tests {
    ($($function:ident),+ $(,)?) => {{
        let module = module_path!();
        let module = module.split_once("::").map_or(module, |(_, inner)| inner);
        vec![$($crate::server::Test::new(&format!("{module}::{}", stringify!($function)), $function)),+]
    }};
}
pub(crate) use tests;

pub(crate) fn trials(tests: impl Iterator<Item = Test>) -> Vec<Trial> {
    let server = Arc::new(OnceLock::new());
    let trials = tests.map(|test| {
        let server = Arc::clone(&server);
        Trial::ignorable_test(test.name, move || run(&server, test.run))
    });
    trials.collect()
}

fn run(
    server: &OnceLock<Started>,
    test: impl FnOnce(Arc<PostgresCluster>) -> Running,
) -> Result<Completion, Failed> {
    let cluster = match server.get_or_init(|| PostgresCluster::start().map(Arc::new)) {
        Ok(cluster) => Arc::clone(cluster),
        Err(why) if env::var_os("REQUIRE_POSTGRES").is_none() => {
            return Ok(Completion::ignored_with(why));
        }
        Err(why) => return Err(why.into()),
    };
    runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?
        .block_on(test(cluster));
    Ok(Completion::Completed)
}

type Running = Pin<Box<dyn Future<Output = ()>>>;
type Started = Result<Arc<PostgresCluster>, Unavailable>;
