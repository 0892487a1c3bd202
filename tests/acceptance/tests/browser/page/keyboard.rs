//! The keyboard and its focus.

use fantoccini::{
    actions::{InputSource, KeyAction, KeyActions},
    key::Key,
};
use serde_json::json;

use super::{Page, driver::ok, find::AccessibleNode};

impl Page {
    /// Presses a key.
    pub(crate) async fn press(&self, key: Key) {
        self.press_all(&[key.into()]).await;
    }

    /// Presses a key while the modifier is held, such as Shift+Tab.
    pub(crate) async fn press_with(&self, modifier: Key, key: Key) {
        self.press_all(&[modifier.into(), key.into()]).await;
    }

    /// Types a text into the focused element.
    pub(crate) async fn type_text(&self, text: &str) {
        for letter in text.chars() {
            self.press_all(&[letter]).await;
        }
    }

    /// Presses Tab until the element with this role and accessible name has the focus. Fails after
    /// a round through the page.
    pub(crate) async fn tab_to(&self, role: &str, name: &str) {
        let wanted = format!("{role} \"{name}\"");
        let mut visited = Vec::new();
        loop {
            self.press(Key::Tab).await;
            let focus = self.focus().await;
            if focus == wanted {
                return;
            }
            let rounds = visited.iter().filter(|one| **one == focus).count();
            assert!(
                rounds < 2 && visited.len() < LONGEST_ROUND,
                "Tab does not reach {wanted}, only {visited:?}"
            );
            visited.push(focus);
        }
    }

    /// Returns the focused element as its role and accessible name, such as `button "Save"`.
    /// `document` if no element has the focus.
    pub(crate) async fn focus(&self) -> String {
        let active = self.cdp("Runtime.evaluate", json!({ "expression": ACTIVE }));
        let object = active.await["result"]["objectId"].clone();
        if object.is_null() {
            return "document".to_owned();
        }
        let parameters = json!({ "objectId": object, "fetchRelatives": false });
        let tree = self.cdp("Accessibility.getPartialAXTree", parameters).await;
        AccessibleNode::of(&tree["nodes"][0]).to_string()
    }

    /// Returns `true` if the focused element has an outline or a shadow.
    pub(crate) async fn focus_is_visible(&self) -> bool {
        let script = format!(
            "const element = {ACTIVE};
            if (!element?.matches(':focus-visible')) return false;
            const style = getComputedStyle(element);
            const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
            return outlined || style.boxShadow !== 'none';"
        );
        self.js(&script, vec![]).await == true
    }

    /// Presses these keys in order and releases them in reverse order.
    async fn press_all(&self, keys: &[char]) {
        let down = keys.iter().map(|&value| KeyAction::Down { value });
        let up = keys.iter().rev().map(|&value| KeyAction::Up { value });
        let keyboard = KeyActions::new("keyboard".to_owned());
        let actions = down.chain(up).fold(keyboard, KeyActions::then);
        ok(self.0.client.perform_actions(actions).await);
    }
}

/// The focused element, also in a shadow root. `null` for the document.
const ACTIVE: &str = "(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return element === document.body ? null : element;
})()";
const LONGEST_ROUND: usize = 300;
