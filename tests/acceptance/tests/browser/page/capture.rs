//! Screenshots in `target/browser/<test>`.

use std::{fs, path::PathBuf};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::Page;

impl Page {
    /// Stores a screenshot of the whole page as `<name>.png`. Returns its path.
    pub(crate) async fn screenshot(&self, name: &str) -> PathBuf {
        let metrics = self.cdp("Page.getLayoutMetrics", json!({})).await;
        let size = &metrics["cssContentSize"];
        let clip = json!({
            "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1,
        });
        let parameters = json!({ "clip": clip, "captureBeyondViewport": true });
        self.capture(name, parameters).await.unwrap()
    }

    /// Stores a screenshot of the visible part of the page as `<name>.png`. Returns its path.
    pub(crate) async fn screenshot_of_window(&self, name: &str) -> PathBuf {
        self.capture(name, json!({})).await.unwrap()
    }

    /// Stores a screenshot and the source of the page of a failed test, if the browser still
    /// responds.
    pub(crate) async fn keep_failure(&self) {
        match self.capture("failure", json!({})).await {
            Ok(file) => eprintln!("screenshot: {}", file.display()),
            Err(error) => eprintln!("no screenshot: {error}"),
        }
        if let Ok(source) = self.0.client.source().await {
            // The screenshot alone is useful, too.
            let _ = fs::write(self.0.folder.join("failure.html"), source);
        }
    }

    async fn capture(&self, name: &str, parameters: Value) -> Result<PathBuf, String> {
        let shot = self.try_cdp("Page.captureScreenshot", parameters).await?;
        let data = shot["data"].as_str().unwrap_or_default();
        let bytes = STANDARD.decode(data).map_err(|error| error.to_string())?;
        let file = self.0.folder.join(format!("{name}.png"));
        fs::create_dir_all(&self.0.folder)
            .and_then(|()| fs::write(&file, bytes))
            .map_err(|error| format!("{}: {error}", file.display()))?;
        Ok(file)
    }
}
