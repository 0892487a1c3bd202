//! Runs many lives on two threads.

use std::{
    any::Any,
    fmt,
    ops::RangeInclusive,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use greenhouse_harvest::ReqwestTransport;
use tokio::runtime::{Builder, Runtime};

use crate::{chance::Chance, life::Life, template::Template};

/// A life and its result.
pub(crate) struct Played {
    pub(crate) life: u64,
    pub(crate) seed: u64,
    pub(crate) steps: Vec<String>,
    /// Number of tests sent.
    pub(crate) tests: usize,
    /// Number of results that were cut off, or a description of the failure.
    pub(crate) verdict: Result<usize, String>,
}

impl fmt::Display for Played {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SEED={} LIFE={}", self.seed, self.life)?;
        match &self.verdict {
            Ok(_) => Ok(()),
            Err(why) => write!(f, ": {why}"),
        }
    }
}

/// Steps recorded so far, which survive a panic.
pub(crate) type Steps = Arc<Mutex<Vec<String>>>;

/// Runs every life. Results are in the order of `lives`.
pub(crate) fn play_all(seed: u64, lives: RangeInclusive<u64>) -> Vec<Played> {
    let (next, played) = (AtomicU64::new(*lives.start()), Mutex::new(Vec::new()));
    let template = runtime().block_on(Template::lay());
    thread::scope(|threads| {
        for _ in 0..THREADS {
            threads.spawn(|| {
                let runtime = runtime();
                let network = Arc::new(ReqwestTransport::direct().unwrap());
                loop {
                    let life = next.fetch_add(1, Ordering::SeqCst);
                    if !lives.contains(&life) {
                        return;
                    }
                    let one = play(&runtime, &template, &network, seed, life);
                    played.lock().unwrap().push(one);
                }
            });
        }
    });
    let mut played = played.into_inner().unwrap();
    played.sort_by_key(|one| one.life);
    played
}

/// Runs the host, product and Greenhouse of a life on one thread.
fn play(
    runtime: &Runtime,
    template: &Template,
    network: &Arc<ReqwestTransport>,
    seed: u64,
    life: u64,
) -> Played {
    let steps = Steps::default();
    let chance = Chance::of(seed.wrapping_add(life.wrapping_mul(ODD)));
    let playing = async {
        let life = Life::begin(template, network.clone(), chance, steps.clone()).await;
        life.play().await
    };
    let ended = catch_unwind(AssertUnwindSafe(|| runtime.block_on(playing)));
    let (tests, verdict) = ended.unwrap_or_else(|panic| (0, Err(words(&*panic))));
    Played {
        life,
        seed,
        steps: std::mem::take(&mut steps.lock().unwrap()),
        tests,
        verdict,
    }
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    format!("panicked: {}", text.unwrap_or("without a word"))
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

const THREADS: usize = 2;
/// Differs from the increment of [`Chance`], because consecutive lives would otherwise share random
/// numbers.
const ODD: u64 = 0xd134_2543_de82_ef95;
