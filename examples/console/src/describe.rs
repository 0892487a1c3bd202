use std::fmt;

use async_trait::async_trait;
use greenhouse_core::{AccountId, AssessmentId};
use url::{ParseError, Url};

/// Names assessments on the pages. The integration stores ids only; a host that wants names looks
/// them up here.
#[async_trait]
pub trait Describe: fmt::Debug + Send + Sync {
    /// Returns the name and address of an assessment, or `None` if the page should show its id.
    /// The page waits at most a second for all calls.
    async fn describe(&self, account: &AccountId, assessment: &AssessmentId)
    -> Option<Description>;
}

/// Name of an assessment for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// Text instead of the id, such as the candidate's name. Shown as text, never as HTML.
    pub label: String,
    /// Page of the assessment in the product. Only `http`, `https` and relative addresses become
    /// links.
    pub url: Option<String>,
}

impl Description {
    /// The address, if it can be a link.
    pub(crate) fn link(&self) -> Option<&str> {
        let url = self.url.as_deref()?;
        let is_link = match Url::parse(url) {
            Ok(url) => matches!(url.scheme(), "http" | "https"),
            Err(error) => error == ParseError::RelativeUrlWithoutBase,
        };
        is_link.then_some(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_pages_become_links() {
        for (url, is_link) in [
            ("https://assess.example.com/a/1", true),
            ("http://localhost/a/1", true),
            ("/assessments/1", true),
            ("assessments/1", true),
            ("javascript:alert(1)", false),
            (" JaVa\nScript:alert(1)", false),
            ("data:text/html,<script>", false),
            ("https://", false),
        ] {
            let label = "Mira".to_owned();
            let url = Some(url.to_owned());
            let described = Description { label, url };
            assert_eq!(described.link().is_some(), is_link, "{described:?}");
        }
    }
}
