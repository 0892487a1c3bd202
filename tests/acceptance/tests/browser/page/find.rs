//! Finds elements as a screen reader does: in the accessibility tree, by role and accessible name.
//! The tree includes shadow roots, and excludes hidden and inert elements.

use std::fmt;

use serde_json::{Value, json};

use super::{Element, Page};
use crate::wait;

impl Page {
    /// Waits for the only element with this role and accessible name. Roles are those of ARIA, such
    /// as `button`, `link`, `textbox`, `checkbox`, `switch`, `radio`, `combobox`, `dialog`,
    /// `heading`, `row` and `cell`.
    pub(crate) async fn find(&self, role: &str, name: &str) -> Element {
        self.find_in(None, role, name).await
    }

    /// Waits for the only form field with this label.
    pub(crate) async fn field(&self, label: &str) -> Element {
        self.field_in(None, label).await
    }

    /// Returns the elements with this role and accessible name that are there now.
    pub(crate) async fn find_all(&self, role: &str, name: &str) -> Vec<Element> {
        let nodes = self.nodes(None, Some(role)).await.unwrap_or_default();
        let mut elements = Vec::new();
        for node in nodes.into_iter().filter(|node| node.name == name) {
            elements.extend(Element::of(self, &node).await.ok());
        }
        elements
    }

    /// Returns `true` if there is an element with this role and accessible name now.
    pub(crate) async fn has(&self, role: &str, name: &str) -> bool {
        let nodes = self.nodes(None, Some(role)).await.unwrap_or_default();
        nodes.iter().any(|node| node.name == name)
    }

    /// Waits until there is no element with this role and accessible name.
    pub(crate) async fn wait_gone(&self, role: &str, name: &str) {
        let what = format!("the removal of {role} {name:?}");
        let is_gone = async || !self.has(role, name).await;
        self.wait_for(&what, is_gone).await;
    }

    /// Returns the accessible names of all elements with this role, in the order of the page.
    pub(crate) async fn names(&self, role: &str) -> Vec<String> {
        let nodes = self.nodes(None, Some(role)).await.unwrap();
        nodes.into_iter().map(|node| node.name).collect()
    }

    pub(super) async fn find_in(&self, root: Option<i64>, role: &str, name: &str) -> Element {
        let is_wanted = |node: &AccessibleNode| node.name == name;
        let what = format!("{role} {name:?}");
        self.wait_for_node(root, Some(role), &what, is_wanted).await
    }

    pub(super) async fn field_in(&self, root: Option<i64>, label: &str) -> Element {
        let is_wanted =
            |node: &AccessibleNode| node.name == label && FIELDS.contains(&node.role.as_str());
        let what = format!("field {label:?}");
        self.wait_for_node(root, None, &what, is_wanted).await
    }

    async fn wait_for_node(
        &self,
        root: Option<i64>,
        role: Option<&str>,
        what: &str,
        is_wanted: impl Fn(&AccessibleNode) -> bool,
    ) -> Element {
        let mut found = None;
        let mut last = Ok(Vec::new());
        // The page can be replaced between two commands, so errors are also repeated.
        let poll = async || {
            last = self.nodes(root, role).await;
            let Ok(nodes) = &last else { return false };
            let mut wanted = nodes.iter().filter(|node| is_wanted(node));
            if let (Some(node), None) = (wanted.next(), wanted.next()) {
                found = Element::of(self, node).await.ok();
            }
            found.is_some()
        };
        let waited = wait::try_until(what, poll).await;
        found.unwrap_or_else(|| {
            let there = last.map(|nodes| {
                let fields = nodes
                    .iter()
                    .filter(|node| FIELDS.contains(&node.role.as_str()));
                let all = if role.is_some() {
                    nodes.iter().collect()
                } else {
                    fields.collect::<Vec<_>>()
                };
                all.into_iter().map(ToString::to_string).collect::<Vec<_>>()
            });
            panic!("{}; there are: {there:?}", waited.unwrap_err())
        })
    }

    /// Returns the accessible elements with the role in the order of the page. `None` as `root` is
    /// the document; `None` as `role` is any role.
    async fn nodes(
        &self,
        root: Option<i64>,
        role: Option<&str>,
    ) -> Result<Vec<AccessibleNode>, String> {
        let root = match root {
            Some(root) => json!(root),
            None => {
                let document = self
                    .try_cdp("DOM.getDocument", json!({ "depth": 0 }))
                    .await?;
                document["root"]["backendNodeId"].clone()
            }
        };
        let mut parameters = json!({ "backendNodeId": root });
        if let Some(role) = role {
            parameters["role"] = json!(role);
        }
        let found = self
            .try_cdp("Accessibility.queryAXTree", parameters)
            .await?;
        let nodes = found["nodes"].as_array().into_iter().flatten();
        let nodes = nodes.filter(|node| node["ignored"] == false);
        Ok(nodes.map(AccessibleNode::of).collect())
    }
}

/// An element in the accessibility tree.
#[derive(Debug, Clone)]
pub(super) struct AccessibleNode {
    pub(super) id: i64,
    pub(super) role: String,
    pub(super) name: String,
    pub(super) description: String,
    /// Properties such as `checked`, `expanded`, `invalid` and `disabled`.
    pub(super) properties: Value,
}

impl AccessibleNode {
    pub(super) fn of(node: &Value) -> Self {
        let text = |member: &str| {
            node[member]["value"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        };
        Self {
            id: node["backendDOMNodeId"].as_i64().unwrap_or_default(),
            role: text("role"),
            name: text("name")
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" "),
            description: text("description"),
            properties: node["properties"].clone(),
        }
    }
}

impl fmt::Display for AccessibleNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} \"{}\"", self.role, self.name)
    }
}

/// Roles of form fields.
const FIELDS: [&str; 10] = [
    "textbox",
    "searchbox",
    "spinbutton",
    "combobox",
    "listbox",
    "checkbox",
    "switch",
    "radio",
    "slider",
    "Date",
];
