//! Properties of the person's device and browser.

use std::sync::atomic::Ordering;

use serde_json::json;

use super::{Page, driver::ok};

impl Page {
    /// Sets the size of the window in CSS pixels, at 100 % zoom.
    pub(crate) async fn window(&self, width: u32, height: u32) {
        *self.0.window.lock().unwrap() = (width, height);
        self.try_metrics(1.0).await.unwrap();
    }

    /// Zooms the page: `2.0` is 200 %.
    pub(crate) async fn zoom(&self, factor: f64) {
        self.try_metrics(factor).await.unwrap();
    }

    /// Prefers the `dark` or `light` color scheme.
    pub(crate) async fn color_scheme(&self, scheme: &str) {
        let feature = json!({ "name": "prefers-color-scheme", "value": scheme });
        let parameters = json!({ "features": [feature] });
        self.cdp("Emulation.setEmulatedMedia", parameters).await;
    }

    /// Switches the scripts of pages off or on. Applies to pages that are loaded afterwards.
    pub(crate) async fn javascript(&self, on: bool) {
        self.0.has_scripts.store(on, Ordering::Relaxed);
        self.allow_scripts(on).await;
    }

    pub(super) async fn allow_scripts(&self, on: bool) {
        let parameters = json!({ "value": !on });
        self.cdp("Emulation.setScriptExecutionDisabled", parameters)
            .await;
    }

    /// Sends a header with every request of this tab from now on.
    pub(crate) async fn send_header(&self, name: &str, value: &str) {
        let parameters = json!({ "headers": { name: value } });
        self.cdp("Network.enable", json!({})).await;
        self.cdp("Network.setExtraHTTPHeaders", parameters).await;
    }

    /// Deletes the cookies of the page, as if the session had ended.
    pub(crate) async fn clear_cookies(&self) {
        ok(self.0.client.delete_all_cookies().await);
    }

    /// Disconnects the browser from the network, or connects it again.
    pub(crate) async fn offline(&self, offline: bool) {
        let parameters = json!({
            "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1,
        });
        self.cdp("Network.enable", json!({})).await;
        self.cdp("Network.emulateNetworkConditions", parameters)
            .await;
    }

    /// Returns `true` if the page is wider than the window without the scroll bar.
    pub(crate) async fn scrolls_horizontally(&self) -> bool {
        let script =
            "return document.documentElement.scrollWidth > document.documentElement.clientWidth";
        self.js(script, vec![]).await == true
    }

    pub(super) async fn try_metrics(&self, zoom: f64) -> Result<(), String> {
        let (width, height) = *self.0.window.lock().unwrap();
        let css = |pixels: u32| (f64::from(pixels) / zoom).round();
        let parameters = json!({
            "width": css(width), "height": css(height), "deviceScaleFactor": zoom, "mobile": false,
        });
        let set = self.try_cdp("Emulation.setDeviceMetricsOverride", parameters);
        set.await.map(drop)
    }
}
