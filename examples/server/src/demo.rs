//! `axum-host demo`: a mock Greenhouse and the host on loopback, and the whole story between them, over real HTTP and on
//! a real database file. Every step is checked.

mod assessed;
mod pushed;
mod recruiter;
mod seen;
mod stage;
mod story;
mod synced;
mod transcript;

use std::{
    error::Error,
    io::{self, Write},
};

use self::{
    story::{Story, StoryError},
    transcript::Transcript,
};
use crate::{framework::Framework, serve::stop_signal};

pub use self::{
    recruiter::{Answer, Recruiter},
    stage::{Counts, Directions, Setting, Stage},
    story::Unmet,
};

/// Plays the story and prints it. With `keep`, leaves both running until it is interrupted.
///
/// # Errors
///
/// [`Unmet`] where an answer was not the expected one; whatever kept the stage from being set.
pub async fn run(
    framework: &'static dyn Framework,
    keep: bool,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut out = io::stdout();
    let stage = Setting::on(framework).set().await?;
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
pub async fn rehearse(
    framework: &'static dyn Framework,
    out: &mut (dyn Write + Send),
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let stage = Setting::on(framework).set().await?;
    perform(&stage, out).await?;
    stage.strike().await
}

/// Plays the story once, into any writer, on a stage where nothing was played before. What is switched off is left out.
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
    set_up(&mut story)?;
    let on = stage.directions;
    if on.assessments {
        assessed::play(&mut story).await?;
    }
    if on.push {
        let pushed = pushed::play(&mut story).await?;
        if on.sync {
            synced::play(&mut story, &pushed).await?;
        }
    }
    seen::play(&mut story).await?;
    Ok(story.end()?)
}

fn set_up(story: &mut Story<'_>) -> Result<(), StoryError> {
    story.chapter("Both sides are set up")?;
    story.step("Greenhouse has pinged the hook of each event")?;
    let hooks = story.stage.greenhouse.hooks();
    story.tell()?;
    let active = hooks.iter().filter(|hook| hook.active).count();
    let expected = if story.stage.directions.sync { 4 } else { 0 };
    story.expect("they are active", active, expected)
}
