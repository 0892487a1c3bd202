use std::{fmt::Debug, io, time::Duration};

use serde_json::Value;

use super::{recruiter::Answer, stage::Stage, transcript::Transcript};

/// The story as it is told: acts on the stage, writes the transcript, and checks every step.
pub(super) struct Story<'a> {
    pub(super) stage: &'a Stage,
    transcript: Transcript<'a>,
    /// The last exchange of Greenhouse that was told.
    told: u64,
    checks: usize,
}

/// An expectation that was not met.
#[derive(Debug, thiserror::Error)]
#[error("step {step}: expected {expected}, but found {found}")]
pub struct Unmet {
    step: usize,
    expected: String,
    found: String,
}

/// Why the story ended early.
#[derive(Debug, thiserror::Error)]
pub(super) enum StoryError {
    #[error(transparent)]
    Unmet(#[from] Unmet),
    #[error("the transcript or the network failed")]
    Io(#[from] io::Error),
}

impl<'a> Story<'a> {
    pub(super) fn new(stage: &'a Stage, transcript: Transcript<'a>) -> Self {
        Self {
            stage,
            transcript,
            told: 0,
            checks: 0,
        }
    }

    pub(super) fn chapter(&mut self, text: &str) -> Result<(), StoryError> {
        Ok(self.transcript.chapter(text)?)
    }

    pub(super) fn step(&mut self, text: &str) -> Result<(), StoryError> {
        Ok(self.transcript.step(text)?)
    }

    pub(super) fn changed(&mut self, text: &str) -> Result<(), StoryError> {
        Ok(self.transcript.changed(text)?)
    }

    pub(super) fn shown(&mut self, text: &str) -> Result<(), StoryError> {
        Ok(self.transcript.shown(text)?)
    }

    /// A request of the recruiter, or of the product's own application.
    pub(super) async fn ask(
        &mut self,
        who: &str,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answer, StoryError> {
        let answer = self.stage.recruiter.ask(method, path, body).await?;
        let asked = body.map(Value::to_string).unwrap_or_default();
        self.transcript.call(
            who,
            method,
            path,
            &asked,
            answer.status,
            &answer.body.to_string(),
        )?;
        Ok(answer)
    }

    /// The same request, again and again until `ready`, at most ten seconds. Only the last one is told.
    pub(super) async fn ask_until(
        &mut self,
        who: &str,
        path: &str,
        ready: impl Fn(&Value) -> bool,
    ) -> Result<Answer, StoryError> {
        for _ in 0..ATTEMPTS {
            if ready(&self.stage.recruiter.ask("GET", path, None).await?.body) {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
        self.ask(who, "GET", path, None).await
    }

    /// Waits until `ready`, at most ten seconds. The expectation after it says what was waited for.
    pub(super) async fn wait(&self, ready: impl Fn(&Stage) -> bool) {
        for _ in 0..ATTEMPTS {
            if ready(self.stage) {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Tells every exchange with Greenhouse since the last time. Answers how many of them the host made to Harvest.
    pub(super) fn tell(&mut self) -> Result<usize, StoryError> {
        let mut harvest = 0;
        for exchange in self.stage.greenhouse.exchanges_since(self.told) {
            self.told = exchange.number;
            harvest += usize::from(exchange.url.starts_with("/v3/"));
            self.transcript.exchange(&exchange)?;
        }
        Ok(harvest)
    }

    pub(super) fn expect<T: PartialEq + Debug>(
        &mut self,
        what: &str,
        found: T,
        expected: T,
    ) -> Result<(), StoryError> {
        if found != expected {
            let found = format!("{found:?}");
            return Err(self.unmet(format!("{what} ({expected:?})"), found));
        }
        self.checks += 1;
        Ok(self.transcript.checked(what)?)
    }

    pub(super) fn expect_true(
        &mut self,
        what: &str,
        found: bool,
        shown: impl Debug,
    ) -> Result<(), StoryError> {
        if !found {
            return Err(self.unmet(what.to_owned(), format!("{shown:?}")));
        }
        self.checks += 1;
        Ok(self.transcript.checked(what)?)
    }

    /// The value, or the end of the story.
    pub(super) fn need<T, E: Debug>(
        &self,
        what: &str,
        found: Result<T, E>,
    ) -> Result<T, StoryError> {
        found.map_err(|error| self.unmet(what.to_owned(), format!("{error:?}")))
    }

    pub(super) fn end(&mut self) -> Result<(), StoryError> {
        let text = format!(
            "\nThe end: {} steps, {} checks, all as expected.",
            self.transcript.step_number(),
            self.checks
        );
        Ok(self.transcript.note(&text)?)
    }

    fn unmet(&self, expected: String, found: String) -> StoryError {
        Unmet {
            step: self.transcript.step_number(),
            expected,
            found,
        }
        .into()
    }
}

const ATTEMPTS: u32 = 200;
const PAUSE: Duration = Duration::from_millis(50);
