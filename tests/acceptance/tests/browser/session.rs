//! One browser with a profile of its own.

use std::{
    process::{Command, Stdio},
    time::Duration,
};

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::timeout;

use crate::chromedriver::program;

/// A browser. [`close`](Self::close) ends it; drop kills it.
#[derive(Debug)]
pub(crate) struct Session {
    client: Option<Client>,
    /// Process id of the browser.
    process: u64,
    _profile: TempDir,
}

impl Session {
    /// Starts a browser through the chromedriver at this URL.
    pub(crate) async fn open(driver: &str) -> Result<Self, String> {
        let profile = tempfile::tempdir().map_err(|error| error.to_string())?;
        let mut arguments: Vec<String> = ARGUMENTS.map(str::to_owned).into();
        arguments.push(format!("--user-data-dir={}", profile.path().display()));
        // The default page of a new tab takes most of a second.
        let blank = json!({
            "session.restore_on_startup": 4, "session.startup_urls": ["about:blank"],
        });
        let capabilities = json!({
            "browserName": "chrome",
            "goog:loggingPrefs": { "browser": "ALL" },
            "goog:chromeOptions": { "binary": program("chromium"), "args": arguments, "prefs": blank },
        });
        let Value::Object(capabilities) = capabilities else {
            unreachable!("an object");
        };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(driver)
            .await
            .map_err(|error| format!("the browser did not start: {error}"))?;
        let process = client.capabilities().and_then(|all| all.get(PROCESS));
        let process = process.and_then(Value::as_u64);
        Ok(Self {
            client: Some(client),
            process: process.ok_or("chromedriver does not name the browser's process")?,
            _profile: profile,
        })
    }

    /// Returns the client that drives the browser.
    pub(crate) fn client(&self) -> &Client {
        self.client.as_ref().expect("the session is open")
    }

    /// Returns the process id of the browser.
    pub(crate) fn process(&self) -> u64 {
        self.process
    }

    /// Closes the browser.
    pub(crate) async fn close(mut self) {
        let Some(client) = self.client.clone() else {
            return;
        };
        if let Ok(Ok(())) = timeout(LONGEST_CLOSE, client.close()).await {
            self.client = None;
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if self.client.is_some() {
            let process = self.process.to_string();
            let mut kill = Command::new("kill");
            // Fails if the browser has already ended.
            let _ = kill
                .args(["-KILL", &process])
                .stderr(Stdio::null())
                .status();
        }
    }
}

const ARGUMENTS: [&str; 8] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--force-prefers-reduced-motion",
];
const PROCESS: &str = "goog:processID";
const LONGEST_CLOSE: Duration = Duration::from_secs(10);
