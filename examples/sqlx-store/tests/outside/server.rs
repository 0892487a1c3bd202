//! One server for all tests, started by the first test that uses it.

use std::{
    env,
    pin::Pin,
    sync::{Arc, OnceLock},
};

use libtest_mimic::{Completion, Failed, Trial};
use sqlx_store::{
    MasterKeys,
    testing::{ClusterOptions, PostgresCluster, Unavailable},
};
use tokio::runtime;

use crate::test_database;

/// A test and its server.
pub(crate) struct Test {
    name: String,
    run: Run,
}

enum Run {
    /// Uses databases of the shared server.
    Shared(Box<dyn FnOnce(Arc<PostgresCluster>) -> Running + Send>),
    /// Starts a private cluster.
    Private(Box<dyn FnOnce() -> Running + Send>),
}

impl Test {
    pub(crate) fn new<F: Future<Output = ()> + 'static>(
        name: &str,
        run: impl FnOnce(Arc<PostgresCluster>) -> F + Send + 'static,
    ) -> Self {
        Self {
            name: name.to_owned(),
            run: Run::Shared(Box::new(|cluster| Box::pin(run(cluster)))),
        }
    }

    pub(crate) fn private<F: Future<Output = ()> + 'static>(
        name: &str,
        run: impl FnOnce() -> F + Send + 'static,
    ) -> Self {
        Self {
            name: name.to_owned(),
            run: Run::Private(Box::new(|| Box::pin(run()))),
        }
    }
}

/// Creates [`Test`]s from async functions, named by module and function. Tests after `private`
/// start their own cluster.
macro_rules! tests {
    ($($shared:ident),* $(,)? $(; private $($private:ident),+ $(,)?)?) => {{
        let module = module_path!();
        let module = module.split_once("::").map_or(module, |(_, inner)| inner);
        let named = |function: &str| format!("{module}::{function}");
        vec![
            $($crate::server::Test::new(&named(stringify!($shared)), $shared),)*
            $($($crate::server::Test::private(&named(stringify!($private)), $private),)+)?
        ]
    }};
}
pub(crate) use tests;

pub(crate) fn trials(tests: impl Iterator<Item = Test>) -> Vec<Trial> {
    let server = Arc::new(OnceLock::new());
    let trials = tests.map(|test| {
        let server = Arc::clone(&server);
        // PgBouncer is in front of the shared server.
        let is_pooled = ClusterOptions::from_env().pgbouncer && matches!(test.run, Run::Shared(_));
        let name = match is_pooled {
            true => format!("pgbouncer::{}", test.name),
            false => test.name,
        };
        Trial::ignorable_test(name, move || run(&server, test.run))
    });
    trials.collect()
}

fn run(server: &OnceLock<Started>, test: Run) -> Result<Completion, Failed> {
    let running = match test {
        Run::Shared(test) => server
            .get_or_init(|| PostgresCluster::start().map(Arc::new))
            .clone()
            .map(test),
        Run::Private(test) => PostgresCluster::can_be_private().map(|()| test()),
    };
    match running {
        Ok(running) => {
            runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()?
                .block_on(running);
            Ok(Completion::Completed)
        }
        Err(why) if env::var_os("REQUIRE_POSTGRES").is_none() => Ok(Completion::ignored_with(why)),
        Err(why) => Err(why.into()),
    }
}

/// Returns the same keys in every call, so that a database can be reopened.
pub(crate) fn keys() -> MasterKeys {
    test_database::keys(0x5a, &[])
}

type Running = Pin<Box<dyn Future<Output = ()>>>;
type Started = Result<Arc<PostgresCluster>, Unavailable>;
