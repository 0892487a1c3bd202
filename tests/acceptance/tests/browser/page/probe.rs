//! Conditions that a script of the test checks on the page.

use super::Page;
use crate::wait;

impl Page {
    /// Waits until the script returns `true`. The script is the body of a function. It may fail
    /// while the page is being replaced.
    pub(crate) async fn wait_until(&self, what: &str, script: &str) {
        self.wait_for(what, async || self.holds(script).await).await;
    }

    /// Waits until the page and everything that it loads by itself is shown. Greenhouse limits the
    /// requests in ten seconds, so this may take longer than other waits.
    pub(crate) async fn wait_until_loaded(&self) {
        for _ in 0..2 {
            let loaded = async || self.holds(LOADED).await;
            if wait::try_until("the end of loading", loaded).await.is_ok() {
                return;
            }
        }
        self.wait_until("the end of loading", LOADED).await;
    }

    /// Does something that replaces the page, and waits until the new one is loaded.
    pub(crate) async fn replaced_by(&self, action: impl Future<Output = ()>) {
        self.js(MARK, vec![]).await;
        action.await;
        self.wait_until("the next page", REPLACED).await;
        self.wait_until_loaded().await;
    }

    /// Fills the fields of the form that the selector selects, and submits it with its first
    /// button. Waits until the next page is loaded. A field with the value `None` is unchecked, and
    /// one of a checkbox or a radio button is checked.
    pub(crate) async fn submit(&self, form: &str, fields: &[(&str, Option<&str>)]) {
        let arguments = vec![form.into(), serde_json::to_value(fields).unwrap()];
        let submit = async { drop(self.js(SUBMIT, arguments).await) };
        self.replaced_by(submit).await;
    }

    /// Opens the `<details>` that the selector selects.
    pub(crate) async fn unfold(&self, details: &str) {
        let script = "document.querySelector(arguments[0]).open = true";
        self.js(script, vec![details.into()]).await;
    }

    async fn holds(&self, script: &str) -> bool {
        let held = self.0.client.execute(script, vec![]).await;
        held.is_ok_and(|held| held == true)
    }
}

const LOADED: &str = "
    return document.readyState === 'complete'
        && !document.querySelector('[aria-busy=true], .gh-skeleton');
";
const MARK: &str = "document.querySelector('.gh').dataset.replaced = ''";
const REPLACED: &str = "
    const page = document.querySelector('.gh');
    return page !== null && page.dataset.replaced === undefined;
";
const SUBMIT: &str = "
    const form = document.querySelector(arguments[0]);
    if (!form) throw new Error(`no form ${arguments[0]}`);
    for (const [name, value] of arguments[1]) {
        const fields = [form.elements[name]].flatMap((field) =>
            field instanceof RadioNodeList ? [...field] : [field]);
        for (const field of fields) {
            if (!field) throw new Error(`no field ${name}`);
            if (field.type === 'radio') field.checked = field.value === value;
            else if (field.type === 'checkbox') field.checked = value !== null;
            else field.value = value;
            field.dispatchEvent(new Event('input', { bubbles: true }));
        }
    }
    const details = form.closest('details');
    if (details) details.open = true;
    form.requestSubmit(form.querySelector('[type=submit]'));
";
