//! Commands that only chromedriver has.

use fantoccini::{error::CmdError, wd::WebDriverCompatibleCommand};
use http::Method;
use serde_json::{Value, json};
use url::{ParseError, Url};

use super::Page;

impl Page {
    /// Sends a command of the Chrome DevTools Protocol and returns its result.
    pub(crate) async fn cdp(&self, method: &str, parameters: Value) -> Value {
        let result = self.try_cdp(method, parameters).await;
        result.unwrap_or_else(|error| panic!("{error}"))
    }

    pub(super) async fn try_cdp(&self, method: &str, parameters: Value) -> Result<Value, String> {
        let body = json!({ "cmd": method, "params": parameters });
        let path = "goog/cdp/execute";
        let result = self.0.client.issue_cmd(Extension { path, body }).await;
        result.map_err(|error| format!("{method}: {}", brief(&error)))
    }

    /// Returns the entries of the browser's log since the last call.
    pub(super) async fn log_entries(&self) -> Result<Value, String> {
        let body = json!({ "type": "browser" });
        let path = "se/log";
        let result = self.0.client.issue_cmd(Extension { path, body }).await;
        result.map_err(|error| format!("log: {}", brief(&error)))
    }
}

/// Returns the result of a command. Fails with the message of an error, without its stack trace in
/// the browser.
#[track_caller]
pub(super) fn ok<T>(result: Result<T, CmdError>) -> T {
    result.unwrap_or_else(|error| panic!("{}", brief(&error)))
}

pub(super) fn brief(error: &CmdError) -> String {
    match error {
        CmdError::Standard(error) => {
            let message = error.message.lines().next().unwrap_or_default();
            format!("{}: {message}", error.error)
        }
        error => error.to_string(),
    }
}

#[derive(Debug)]
struct Extension {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Extension {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!(
            "session/{}/{}",
            session.unwrap_or_default(),
            self.path
        ))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}
