use std::{fmt::Debug, io, time::Duration};

use serde_json::Value;

use super::{client::Answer, setup::Demo, transcript::Transcript};

/// Run of the demo. Sends requests, writes the transcript, and checks every step.
pub(super) struct DemoRun<'a> {
    pub(super) demo: &'a Demo,
    transcript: Transcript<'a>,
    /// Number of the last exchange with Greenhouse in the transcript.
    last_printed: u64,
    checks: usize,
}

/// Failed check of the demo.
#[derive(Debug, thiserror::Error)]
#[error("step {step}: expected {expected}, found {found}")]
pub struct UnmetExpectation {
    step: usize,
    expected: String,
    found: String,
}

/// Error that ends the run.
#[derive(Debug, thiserror::Error)]
pub(super) enum DemoError {
    #[error(transparent)]
    UnmetExpectation(#[from] UnmetExpectation),
    #[error("I/O error in the demo")]
    Io(#[from] io::Error),
}

impl<'a> DemoRun<'a> {
    pub(super) fn new(demo: &'a Demo, transcript: Transcript<'a>) -> Self {
        Self {
            demo,
            transcript,
            last_printed: 0,
            checks: 0,
        }
    }

    pub(super) fn section(&mut self, text: &str) -> Result<(), DemoError> {
        Ok(self.transcript.section(text)?)
    }

    pub(super) fn step(&mut self, text: &str) -> Result<(), DemoError> {
        Ok(self.transcript.step(text)?)
    }

    pub(super) fn effect(&mut self, text: &str) -> Result<(), DemoError> {
        Ok(self.transcript.effect(text)?)
    }

    pub(super) fn text(&mut self, text: &str) -> Result<(), DemoError> {
        Ok(self.transcript.text(text)?)
    }

    /// Sends a request to the host and writes it to the transcript. `who` is `recruiter` or
    /// `product`.
    pub(super) async fn ask(
        &mut self,
        who: &str,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answer, DemoError> {
        let answer = self.demo.client.ask(method, path, body).await?;
        let request = body.map(Value::to_string).unwrap_or_default();
        self.transcript.call(
            who,
            method,
            path,
            &request,
            answer.status,
            &answer.body.to_string(),
        )?;
        Ok(answer)
    }

    /// Repeats a GET request until `ready` returns `true` for the body, for at most ten seconds.
    /// Prints only the last request.
    pub(super) async fn poll_until(
        &mut self,
        who: &str,
        path: &str,
        ready: impl Fn(&Value) -> bool,
    ) -> Result<Answer, DemoError> {
        for _ in 0..ATTEMPTS {
            if ready(&self.demo.client.ask("GET", path, None).await?.body) {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
        self.ask(who, "GET", path, None).await
    }

    /// Waits until `ready` returns `true`, for at most ten seconds. Reports no timeout, because the
    /// next check then fails.
    pub(super) async fn wait(&self, ready: impl Fn(&Demo) -> bool) {
        for _ in 0..ATTEMPTS {
            if ready(self.demo) {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Prints the new exchanges with Greenhouse, and returns the number of Harvest requests among
    /// them.
    pub(super) fn print_exchanges(&mut self) -> Result<usize, DemoError> {
        let mut harvest = 0;
        for exchange in self.demo.greenhouse.exchanges_since(self.last_printed) {
            self.last_printed = exchange.number;
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
    ) -> Result<(), DemoError> {
        if found != expected {
            let found = format!("{found:?}");
            return Err(self.fail(format!("{what} ({expected:?})"), found));
        }
        self.checks += 1;
        Ok(self.transcript.check(what)?)
    }

    pub(super) fn expect_true(
        &mut self,
        what: &str,
        found: bool,
        found_value: impl Debug,
    ) -> Result<(), DemoError> {
        if !found {
            return Err(self.fail(what.to_owned(), format!("{found_value:?}")));
        }
        self.checks += 1;
        Ok(self.transcript.check(what)?)
    }

    /// Returns the value, or the error that ends the run.
    pub(super) fn require<T, E: Debug>(
        &self,
        what: &str,
        found: Result<T, E>,
    ) -> Result<T, DemoError> {
        found.map_err(|error| self.fail(what.to_owned(), format!("{error:?}")))
    }

    pub(super) fn finish(&mut self) -> Result<(), DemoError> {
        let text = format!(
            "\nDone: {} steps, {} checks, all as expected.",
            self.transcript.step_number(),
            self.checks
        );
        Ok(self.transcript.note(&text)?)
    }

    fn fail(&self, expected: String, found: String) -> DemoError {
        UnmetExpectation {
            step: self.transcript.step_number(),
            expected,
            found,
        }
        .into()
    }
}

const ATTEMPTS: u32 = 200;
const PAUSE: Duration = Duration::from_millis(50);
