//! One element of a page.

use fantoccini::elements::Element as DriverElement;
use serde_json::{Value, json};

use super::{
    Page,
    driver::{brief, ok},
    find::AccessibleNode,
};

/// An element that was found on a page. Its methods panic if the page no longer contains it.
#[derive(Debug, Clone)]
pub(crate) struct Element {
    page: Page,
    node: i64,
    driver: DriverElement,
}

impl Element {
    pub(super) async fn of(page: &Page, node: &AccessibleNode) -> Result<Self, String> {
        // The only bridge from a node of the accessibility tree to WebDriver is the page itself.
        let object = json!({ "backendNodeId": node.id });
        let object = page.try_cdp("DOM.resolveNode", object).await?;
        let call = json!({
            "objectId": object["object"]["objectId"],
            "functionDeclaration": "function() { window.foundByTest = this; }",
        });
        page.try_cdp("Runtime.callFunctionOn", call).await?;
        let take = "const found = window.foundByTest; delete window.foundByTest; return found";
        let found = page.0.client.execute(take, vec![]).await;
        let found = found.map_err(|error| brief(&error))?;
        let id = found.as_object().and_then(|object| object.values().next());
        let id = id.and_then(Value::as_str).ok_or("no element")?;
        Ok(Self {
            page: page.clone(),
            node: node.id,
            driver: DriverElement::from_element_id(page.0.client.clone(), id.to_owned().into()),
        })
    }

    /// Clicks the middle of the element. Fails if another element covers it.
    pub(crate) async fn click(&self) {
        ok(self.driver.click().await);
    }

    /// Types into the element, after its present value.
    pub(crate) async fn type_text(&self, text: &str) {
        ok(self.driver.send_keys(text).await);
    }

    /// Replaces the value of the field by typing.
    pub(crate) async fn fill(&self, text: &str) {
        ok(self.driver.clear().await);
        ok(self.driver.send_keys(text).await);
    }

    /// Selects the option with this label in a list.
    pub(crate) async fn choose(&self, option: &str) {
        ok(self.driver.select_by_label(option).await);
    }

    /// Returns the visible text.
    pub(crate) async fn text(&self) -> String {
        ok(self.driver.text().await)
    }

    /// Returns the value of a form field.
    pub(crate) async fn value(&self) -> String {
        ok(self.driver.prop("value").await).unwrap_or_default()
    }

    /// Returns an attribute, or `None` if the element does not have it.
    pub(crate) async fn attr(&self, name: &str) -> Option<String> {
        ok(self.driver.attr(name).await)
    }

    /// Returns the accessible description, such as the problem of a field.
    pub(crate) async fn description(&self) -> String {
        self.accessible().await.description
    }

    /// Returns an accessible property, such as `checked`, `expanded`, `invalid` or `disabled`. Null
    /// if the element does not have it.
    pub(crate) async fn property(&self, name: &str) -> Value {
        let properties = self.accessible().await.properties;
        let mut properties = properties.as_array().into_iter().flatten();
        let property = properties.find(|property| property["name"] == name);
        property.map_or(Value::Null, |property| property["value"]["value"].clone())
    }

    /// Waits for the only element in this one with this role and accessible name.
    pub(crate) async fn find(&self, role: &str, name: &str) -> Self {
        self.page.find_in(Some(self.node), role, name).await
    }

    /// Waits for the only form field in this element with this label.
    pub(crate) async fn field(&self, label: &str) -> Self {
        self.page.field_in(Some(self.node), label).await
    }

    /// Returns the result of a script, which is the body of a function with the element as its
    /// argument `arguments[0]`.
    pub(crate) async fn js(&self, script: &str) -> Value {
        let element = serde_json::to_value(&self.driver).unwrap();
        self.page.js(script, vec![element]).await
    }

    async fn accessible(&self) -> AccessibleNode {
        let parameters = json!({ "backendNodeId": self.node, "fetchRelatives": false });
        let tree = self.page.cdp("Accessibility.getPartialAXTree", parameters);
        AccessibleNode::of(&tree.await["nodes"][0])
    }
}
