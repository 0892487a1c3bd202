//! The real server on a SQLite file, with the mock Greenhouse and the demo product, in this
//! process.

use mock_greenhouse::{Fault, FaultKind, MockGreenhouse, Partner, TakeHomeTest};
use serde_json::{Value, json};
use server::{
    accounts::AccountConfig,
    demo::{Demo, DemoBuilder},
    framework::Framework,
};

use crate::wait;

/// A running server with the account `demo`, and a Greenhouse with a job that has four stages and
/// one applicant. Stops on drop; [`stop`](Self::stop) also checks that all parts end well.
#[derive(Debug)]
pub(crate) struct Stage {
    demo: Demo,
}

impl Stage {
    /// Starts a server whose account has scenarios and a job in the product, but no settings.
    pub(crate) async fn empty(framework: &'static dyn Framework) -> Self {
        let remove = |account: &mut AccountConfig| {
            (account.assessments, account.push, account.sync) = (None, None, None);
        };
        Self::with(framework, remove).await
    }

    /// Starts a server whose account is set up for assessments, pushes from a score of 70 and four
    /// webhooks.
    pub(crate) async fn set_up(framework: &'static dyn Framework) -> Self {
        Self::with(framework, |_| {}).await
    }

    /// Like [`set_up`](Self::set_up), but changes the account before the start.
    pub(crate) async fn with(
        framework: &'static dyn Framework,
        change: impl FnOnce(&mut AccountConfig) + Send + 'static,
    ) -> Self {
        let builder = DemoBuilder::new(framework).with(change);
        let demo = builder.start().await.unwrap();
        Self { demo }
    }

    /// Returns the URL of a path of the server, such as `/console`.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.demo.host_url.trim_end_matches('/'))
    }

    /// Returns the operator token of the account.
    pub(crate) fn token(&self) -> &str {
        self.demo.client.token().expose()
    }

    /// Returns the mock Greenhouse: its credentials, records, faults and actions of recruiters.
    pub(crate) fn greenhouse(&self) -> &MockGreenhouse {
        &self.demo.greenhouse
    }

    /// Returns the demo: partner key, webhook, applicant, stages and configuration.
    pub(crate) fn demo(&self) -> &Demo {
        &self.demo
    }

    /// Sends a request with the operator token. A path without a leading slash is one of an
    /// operator endpoint.
    pub(crate) async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let path = match path.starts_with('/') {
            true => path.to_owned(),
            false => format!("/api/integrations/greenhouse/{path}"),
        };
        let client = &self.demo.client;
        let answer = client.ask(method, &path, body.as_ref()).await.unwrap();
        (answer.status, answer.body)
    }

    /// Starts an assessment of a new candidate for the mapped job. Returns its id.
    pub(crate) async fn start_assessment(&self, first: &str, last: &str) -> String {
        let email = format!("{}@example.org", first.to_lowercase());
        let person = json!({ "first_name": first, "last_name": last, "email": email });
        let job = "account-executive";
        let new = json!({ "scenario": "discovery-call", "job": job, "person": person });
        let (status, started) = self.ask("POST", ASSESSMENTS, Some(new)).await;
        assert_eq!(status, 201, "{started}");
        started["assessment"].as_str().unwrap().to_owned()
    }

    /// Completes an assessment with this score. The trigger pushes it from a score of 70.
    pub(crate) async fn complete(&self, assessment: &str, score: f64) {
        let path = format!("{ASSESSMENTS}/{assessment}/complete");
        let result = json!({ "score": score });
        let (status, completed) = self.ask("POST", &path, Some(result)).await;
        assert_eq!(status, 200, "{completed}");
    }

    /// Starts and completes an assessment. Returns its id.
    pub(crate) async fn completed(&self, first: &str, last: &str, score: f64) -> String {
        let assessment = self.start_assessment(first, last).await;
        self.complete(&assessment, score).await;
        assessment
    }

    /// Requests the push of an assessment and waits for its end. Returns its last sync log entry.
    pub(crate) async fn push(&self, assessment: &str) -> Value {
        let path = format!("push/{assessment}");
        let (status, pushed) = self.ask("POST", &path, None).await;
        assert!((200..300).contains(&status), "{status}: {pushed}");
        self.settled(assessment).await
    }

    /// Waits until the newest sync log entry of an assessment is not pending, and returns it.
    pub(crate) async fn settled(&self, assessment: &str) -> Value {
        let mut last = Value::Null;
        let is_settled = async || {
            let log = self.log(&format!("?assessment={assessment}")).await;
            last = log.into_iter().next().unwrap_or_default();
            last.is_object() && last["status"] != "pending"
        };
        wait::until("the end of the push", is_settled).await;
        last
    }

    /// Returns the newest entries of the sync log that this query selects.
    pub(crate) async fn log(&self, query: &str) -> Vec<Value> {
        let (status, log) = self.ask("GET", &format!("sync-log{query}"), None).await;
        assert_eq!(status, 200, "{log}");
        log["entries"].as_array().unwrap().clone()
    }

    /// Sends a test to the applicant in Greenhouse. Fails if the server refuses it.
    pub(crate) async fn send_test(&self, scenario: &str) -> TakeHomeTest {
        let sent = self.greenhouse().send_test(self.demo.applicant, scenario);
        sent.await.unwrap()
    }

    /// Lets Greenhouse answer the next request with this status. Ids in `path` are `{id}`.
    pub(crate) fn fail_next(&self, method: &str, path: &str, status: u16) {
        let applied = false;
        let kind = FaultKind::Status { status, applied };
        self.greenhouse().add_fault(Fault::new(method, path, kind));
    }

    /// Enters a partner key in Greenhouse.
    pub(crate) fn connect_partner(&self, key: &str) {
        let url = |name: &str| self.url(&format!("/api/greenhouse/{name}"));
        self.greenhouse().set_partner(Partner::new(
            url("list-tests"),
            url("send-test"),
            url("test-status"),
            url("response-error"),
            key,
        ));
    }

    /// Creates the webhooks in Greenhouse, which pings them. Fails if the server does not answer a
    /// ping with 200.
    pub(crate) async fn add_webhooks(&self, url: &str, secret: &str) {
        for action in WEBHOOKS {
            let hook = self.greenhouse().add_hook(action, url, secret);
            assert!(hook.await.unwrap().active, "{action}");
        }
    }

    /// Stops the server and Greenhouse.
    pub(crate) async fn stop(self) {
        self.demo.stop().await.unwrap();
    }
}

const ASSESSMENTS: &str = "/product/assessments";
const WEBHOOKS: [&str; 4] = [
    "reject_candidate",
    "hire_candidate",
    "candidate_stage_change",
    "application_updated",
];
