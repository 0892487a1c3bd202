//! `axum-host demo`: a mock Greenhouse and the host on loopback, and the whole story between them, over real HTTP and on
//! a real database file. Every step is checked.

mod assessed;
mod pushed;
mod recruiter;
mod stage;
mod story;
mod synced;
mod transcript;

use std::{
    error::Error,
    io::{self, Write},
};

use self::{story::Story, transcript::Transcript};
use crate::serve::stop_signal;

pub use self::{
    recruiter::{Answer, Recruiter},
    stage::{Counts, Stage},
    story::Unmet,
};

/// Plays the story and prints it. With `keep`, leaves both running until it is interrupted.
///
/// # Errors
///
/// [`Unmet`] where an answer was not the expected one; whatever kept the stage from being set.
pub async fn run(keep: bool) -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut out = io::stdout();
    let stage = Stage::set().await?;
    perform(&stage, &mut out).await?;
    if keep {
        stage.print_addresses(&mut out)?;
        stop_signal().await;
    }
    stage.strike().await
}

/// Plays the story once, into any writer, and takes everything down again.
///
/// # Errors
///
/// As [`run`].
pub async fn rehearse(out: &mut (dyn Write + Send)) -> Result<(), Box<dyn Error + Send + Sync>> {
    let stage = Stage::set().await?;
    perform(&stage, out).await?;
    stage.strike().await
}

/// Plays the story once, into any writer, on a stage where nothing was played before.
///
/// # Errors
///
/// [`Unmet`] where an answer was not the expected one.
pub async fn perform(
    stage: &Stage,
    out: &mut (dyn Write + Send),
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut transcript = Transcript::new(out);
    transcript.title("A product that assesses candidates, and Greenhouse, in both directions")?;
    transcript.note(&format!(
        "The host is at {}, a mock Greenhouse at {}.",
        stage.host_url,
        stage.greenhouse.url()
    ))?;
    let mut story = Story::new(stage, transcript);
    assessed::play(&mut story).await?;
    let pushed = pushed::play(&mut story).await?;
    synced::play(&mut story, &pushed).await?;
    Ok(story.end()?)
}
