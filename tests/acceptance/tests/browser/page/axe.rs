//! Accessibility checks with axe-core.

use std::sync::atomic::Ordering;

use serde_json::Value;

use super::Page;

impl Page {
    /// Returns the violations that axe-core finds on the page, one text each. Open shadow roots are
    /// included.
    pub(crate) async fn axe(&self) -> Vec<String> {
        // Without scripts, the timers of axe-core do not run. Scripts of the loaded page do not run
        // late.
        let has_scripts = self.0.has_scripts.load(Ordering::Relaxed);
        self.allow_scripts(true).await;
        if self.js("return window.axe === undefined", vec![]).await == true {
            self.js(&self.0.axe, vec![]).await;
        }
        let found = self.js(RUN, vec![]).await;
        self.allow_scripts(has_scripts).await;
        let texts = found.as_array().into_iter().flatten();
        let texts = texts.filter_map(Value::as_str).map(str::to_owned);
        texts.collect()
    }

    /// Fails if axe-core finds violations on the page.
    pub(crate) async fn assert_accessible(&self) {
        let found = self.axe().await;
        let url = self.url().await;
        assert!(found.is_empty(), "{url}:\n{}", found.join("\n"));
    }
}

/// Runs every rule that is on by default, and the one of WCAG 2.2 AA that is not.
const RUN: &str = "
    return axe.run(document, { rules: { 'target-size': { enabled: true } } }).then((result) =>
        result.violations.flatMap((rule) => rule.nodes.map((node) =>
            `${rule.id} (${rule.impact}): ${rule.help}: ${node.html} at ${node.target.join(' ')}`
            + ` (${node.any.concat(node.all, node.none).map((check) => check.message).join('; ')})`
        )));
";
