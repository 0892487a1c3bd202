//! The command `demo`: runs a mock Greenhouse and the host on loopback, and exercises assessments,
//! pushes and webhooks over HTTP with a database file. Every step is checked.

mod assessments;
mod client;
mod push;
mod run;
mod samples;
mod setup;
mod summary;
mod sync;
mod transcript;

use std::{
    error::Error,
    io::{self, Write},
};

use self::{
    run::{DemoError, DemoRun},
    transcript::Transcript,
};
use crate::{framework::Framework, serve::stop_signal};

pub use self::{
    client::{Answer, OperatorClient},
    run::UnmetExpectation,
    setup::{Counts, Demo, DemoBuilder, Directions},
};

/// Runs the demo and prints its transcript. With `keep`, both servers then run until Ctrl-C or
/// SIGTERM, with a failed and a waiting push to look at in the console.
///
/// # Errors
///
/// Returns [`UnmetExpectation`] if a response differs from the expected one, or the error of a
/// server that did not start.
pub async fn run(
    framework: &'static dyn Framework,
    keep: bool,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut out = io::stdout();
    let demo = DemoBuilder::new(framework).start().await?;
    run_steps(&demo, &mut out).await?;
    if keep {
        add_samples(&demo).await?;
        demo.print_addresses(&mut out)?;
        stop_signal().await;
    }
    demo.stop().await
}

/// Runs the steps of the demo and writes the transcript. Run them only once for each [`Demo`].
/// Skips directions without settings.
///
/// # Errors
///
/// Returns [`UnmetExpectation`] if a response differs from the expected one.
pub async fn run_steps(
    demo: &Demo,
    out: &mut (dyn Write + Send),
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut transcript = Transcript::new(out);
    transcript.title("Demo: a product that assesses candidates, integrated with Greenhouse")?;
    transcript.note(&format!(
        "Host: {}\nMock Greenhouse: {}",
        demo.host_url,
        demo.greenhouse.url()
    ))?;
    let mut run = DemoRun::new(demo, transcript);
    check_webhooks(&mut run)?;
    let on = demo.directions;
    if on.assessments {
        assessments::run(&mut run).await?;
    }
    if on.push {
        let pushed = push::run(&mut run).await?;
        if on.sync {
            sync::run(&mut run, &pushed).await?;
        }
    }
    summary::run(&mut run).await?;
    Ok(run.finish()?)
}

/// Adds a failed push and a waiting one, after [`run_steps`].
///
/// # Errors
///
/// Returns an error if a push does not reach its state.
pub async fn add_samples(demo: &Demo) -> Result<(), Box<dyn Error + Send + Sync>> {
    samples::add(demo).await
}

fn check_webhooks(run: &mut DemoRun<'_>) -> Result<(), DemoError> {
    run.section("Setup")?;
    run.step("Greenhouse pings each webhook")?;
    let hooks = run.demo.greenhouse.hooks();
    run.print_exchanges()?;
    let active = hooks.iter().filter(|hook| hook.active).count();
    let expected = if run.demo.directions.sync { 4 } else { 0 };
    run.expect("all webhooks are active", active, expected)
}
