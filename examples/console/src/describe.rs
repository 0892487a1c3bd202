use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    time::Duration,
};

use async_trait::async_trait;
use futures_util::future::join_all;
use greenhouse_core::{AccountId, AssessmentId, within};
use maud::{Markup, html};
use url::{ParseError, Url};

use crate::request::ConsoleRequest;

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
    fn link(&self) -> Option<&str> {
        let url = self.url.as_deref()?;
        let is_link = match Url::parse(url) {
            Ok(url) => matches!(url.scheme(), "http" | "https"),
            Err(error) => error == ParseError::RelativeUrlWithoutBase,
        };
        is_link.then_some(url)
    }
}

/// Names of the assessments on a page.
#[derive(Debug, Default)]
pub(crate) struct Names(BTreeMap<String, Description>);

impl Names {
    /// Asks the host for the names of these assessments, all at the same time.
    pub(crate) async fn of<'a>(
        request: &ConsoleRequest<'_>,
        assessments: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let Some(host) = &request.console.describe else {
            return Self::default();
        };
        let clock = request.console.greenhouse.ports().clock();
        let assessments: BTreeSet<_> = assessments.into_iter().collect();
        let calls = assessments.into_iter().map(|id| async move {
            let assessment = AssessmentId::new(id);
            let call = host.describe(request.account, &assessment);
            let described = within(&**clock, DESCRIBE_DEADLINE, call).await??;
            Some((id.to_owned(), described))
        });
        Self(join_all(calls).await.into_iter().flatten().collect())
    }

    /// The name of an assessment, or its id.
    pub(crate) fn markup(&self, assessment: &str) -> Markup {
        let described = self.0.get(assessment);
        let link = described.and_then(Description::link);
        let label = described.map_or(assessment, |described| &described.label);
        html! {
            @if let Some(link) = link {
                a.gh-name href=(link) dir="auto" { (label) }
            } @else {
                span.gh-name dir="auto" { (label) }
            }
        }
    }
}

/// Maximum time for all names of a page.
const DESCRIBE_DEADLINE: Duration = Duration::from_secs(1);

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
