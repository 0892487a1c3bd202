//! Messages in the console of the browser.

use serde::Deserialize;

use super::Page;

/// A message in the console.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct ConsoleMessage {
    /// Severity, such as `SEVERE`.
    pub(crate) level: String,
    /// Origin: `javascript` for uncaught errors, `console-api`, `security`, `network`, ….
    pub(crate) source: String,
    /// Text, with the address of the script.
    pub(crate) message: String,
}

impl ConsoleMessage {
    /// Returns `true` for errors of the page. A failed request is no error of the page, because a
    /// page also shows problems.
    pub(crate) fn is_error(&self) -> bool {
        self.level == "SEVERE" && self.source != "network"
    }
}

impl Page {
    /// Returns the messages since the start of the test or the last
    /// [`take_console`](Self::take_console).
    pub(crate) async fn console(&self) -> Vec<ConsoleMessage> {
        self.read_console().await.unwrap();
        self.0.console.lock().unwrap().clone()
    }

    /// Like [`console`](Self::console), but the messages no longer fail the test.
    pub(crate) async fn take_console(&self) -> Vec<ConsoleMessage> {
        self.read_console().await.unwrap();
        std::mem::take(&mut *self.0.console.lock().unwrap())
    }

    /// Returns the errors in the console as an error.
    pub(crate) async fn check_console(&self) -> Result<(), String> {
        self.read_console().await?;
        let messages = self.0.console.lock().unwrap();
        let errors = messages.iter().filter(|message| message.is_error());
        let errors: Vec<_> = errors.map(|error| error.message.as_str()).collect();
        match errors.is_empty() {
            true => Ok(()),
            false => Err(format!("errors in the console:\n{}", errors.join("\n"))),
        }
    }

    async fn read_console(&self) -> Result<(), String> {
        let entries = self.log_entries().await?;
        let new: Vec<ConsoleMessage> =
            serde_json::from_value(entries).map_err(|error| error.to_string())?;
        self.0.console.lock().unwrap().extend(new);
        Ok(())
    }
}
