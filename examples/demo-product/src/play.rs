//! Plays candidates, a recruiter and Greenhouse, so that the console of a demo has something to show.

use std::{error::Error, time::Duration};

use bytes::Bytes;
use greenhouse_core::{
    AccountId, AssessmentId, ProductJobId, ScenarioId, integration::Integration, platform::Person,
    scorecard::Score,
};
use http::{Method, Request, StatusCode};
use mock_greenhouse::{Fault, FaultKind, MockGreenhouse};
use serde_json::{Value, json};

use crate::{
    DemoProduct,
    samples::{JOB, SCENARIO},
};

impl DemoProduct {
    /// Adds [samples](Self::add_samples), maps their job to one in Greenhouse, and pushes four more
    /// candidates: one is hired, one is rejected, one push fails and one waits. The signed webhooks
    /// of the mock report the hire and the rejection.
    ///
    /// The host must serve its public endpoints and run its background tasks. The account needs
    /// push settings, and webhooks with the secret `webhook_secret`.
    ///
    /// # Errors
    ///
    /// The first error of the product, the integration or the mock.
    pub async fn play_samples(
        &self,
        greenhouse: &Integration,
        account: &AccountId,
        mock: &MockGreenhouse,
        webhook_secret: &str,
    ) -> Result<(), BoxError> {
        let now = greenhouse.ports().clock().now();
        for assessment in self.add_samples(account, now).await? {
            greenhouse.assessment_changed(account, &assessment).await?;
        }
        let play = Play {
            product: self,
            greenhouse,
            account,
        };
        play.map_job(mock).await?;
        play.connect_webhooks(mock, webhook_secret).await?;

        let hired = play.push("Mira", "Okafor", 92.0, "done").await?;
        let rejected = play.push("Ada", "Brandt", 58.5, "done").await?;
        mock.hire(application(&hired)?).await?;
        mock.reject(application(&rejected)?).await?;

        mock.add_fault(Fault::new("POST", "/v3/candidates", refused(422)));
        play.push("Lena", "Vogt", 91.0, "failed").await?;
        let down = Fault::new("GET", "/v3/candidates", refused(503));
        mock.add_fault(down.query("omar@example.org").next(FAILED_READS));
        play.push("Omar", "Said", 77.0, "waiting").await?;
        Ok(())
    }
}

struct Play<'a> {
    product: &'a DemoProduct,
    greenhouse: &'a Integration,
    account: &'a AccountId,
}

impl Play<'_> {
    /// Creates a job in Greenhouse, and maps the job of the samples to it.
    async fn map_job(&self, mock: &MockGreenhouse) -> Result<(), BoxError> {
        let job = mock.seed_job("Account Executive", &["Take Home Test", "Offer"]);
        let mut push = self.ask(Method::GET, "settings/push", Value::Null).await?;
        push["settings"]["jobs"][JOB] = json!({
            "job": job.job_id,
            "stage": job.stage("Take Home Test"),
        });
        self.ask(Method::PUT, "settings/push", push).await?;
        Ok(())
    }

    /// Creates the webhooks in Greenhouse.
    async fn connect_webhooks(&self, mock: &MockGreenhouse, secret: &str) -> Result<(), BoxError> {
        let set_up = self.ask(Method::GET, "set-up", Value::Null).await?;
        let url = set_up["sync"]["endpoint_url"].as_str();
        let url = url.ok_or("the account has no webhooks")?;
        for action in ["hire_candidate", "reject_candidate"] {
            let hook = mock.add_hook(action, url, secret).await?;
            if !hook.active {
                return Err(format!("{url} did not respond to the webhook {action}").into());
            }
        }
        Ok(())
    }

    /// Completes an assessment, pushes it, and waits for this state. Returns the push.
    async fn push(
        &self,
        first: &str,
        last: &str,
        score: f64,
        state: &str,
    ) -> Result<Value, BoxError> {
        let assessment = self.complete(first, last, score).await?;
        let path = format!("push/{assessment}");
        // A push that fails or waits has a response of its own.
        self.call(Method::POST, &path, Value::Null).await?;
        let clock = self.greenhouse.ports().clock();
        for _ in 0..ATTEMPTS {
            let push = self.ask(Method::GET, &path, Value::Null).await?;
            if push["state"] == *state {
                return Ok(push);
            }
            clock.sleep(PAUSE).await;
        }
        Err(format!("the push of {first} is not {state}").into())
    }

    async fn complete(
        &self,
        first: &str,
        last: &str,
        score: f64,
    ) -> Result<AssessmentId, BoxError> {
        let (product, account) = (self.product, self.account);
        let person = Person {
            first_name: first.to_owned(),
            last_name: last.to_owned(),
            email: Some(format!("{}@example.org", first.to_lowercase())),
        };
        let (scenario, job) = (ScenarioId::new(SCENARIO), ProductJobId::new(JOB));
        let taken = product
            .take(account, &scenario, Some(&job), &person)
            .await?;
        let (score, at) = (Score::new(score)?, self.greenhouse.ports().clock().now());
        product
            .complete(account, &taken, score, &[], None, at)
            .await?;
        Ok(taken)
    }

    /// Calls an operator endpoint. Returns its body.
    async fn ask(&self, method: Method, path: &str, body: Value) -> Result<Value, BoxError> {
        let (status, body) = self.call(method.clone(), path, body).await?;
        match status.is_success() {
            true => Ok(body),
            false => Err(format!("{method} {path} was answered with {status}: {body}").into()),
        }
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Value,
    ) -> Result<(StatusCode, Value), BoxError> {
        let body = match body {
            Value::Null => Bytes::new(),
            body => body.to_string().into(),
        };
        let uri = format!("/api/integrations/greenhouse/{path}");
        let request = Request::builder().method(method).uri(uri).body(body)?;
        let response = self.greenhouse.operator(self.account, request).await;
        let body = serde_json::from_slice(response.body()).unwrap_or_default();
        Ok((response.status(), body))
    }
}

fn application(push: &Value) -> Result<i64, BoxError> {
    let application = push["application"].as_i64();
    application.ok_or_else(|| format!("a push without an application: {push}").into())
}

fn refused(status: u16) -> FaultKind {
    let applied = false;
    FaultKind::Status { status, applied }
}

/// Number of searches that fail before the waiting push can go on, after some minutes.
const FAILED_READS: u64 = 12;
/// Number of times that the state of a push is read, with this pause in between.
const ATTEMPTS: usize = 200;
const PAUSE: Duration = Duration::from_millis(50);

type BoxError = Box<dyn Error + Send + Sync>;
