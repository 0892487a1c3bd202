use std::{
    collections::{BTreeMap, BTreeSet},
    panic::AssertUnwindSafe,
    time::Duration,
};

use futures_util::{FutureExt as _, future::join_all};
use greenhouse_core::{AssessmentId, within};
use maud::{Markup, html};

use crate::{Description, request::ConsoleRequest};

/// Names of the assessments on a page.
#[derive(Debug, Default)]
pub(crate) struct Names(BTreeMap<String, Description>);

impl Names {
    /// Asks the host for the names of these assessments, all at the same time.
    pub(crate) async fn of<'a>(
        request: &ConsoleRequest<'_>,
        assessments: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let Some(host) = &request.context.describe else {
            return Self::default();
        };
        let clock = request.context.greenhouse.ports().clock();
        let assessments: BTreeSet<_> = assessments.into_iter().collect();
        let calls = assessments.into_iter().map(|id| async move {
            let assessment = AssessmentId::new(id);
            let call = host.describe(request.account, &assessment);
            // If the host panics, the page shows the id.
            let call = AssertUnwindSafe(call).catch_unwind();
            let described = within(&**clock, DESCRIBE_DEADLINE, call).await?.ok()??;
            Some((id.to_owned(), described))
        });
        Self(join_all(calls).await.into_iter().flatten().collect())
    }

    /// Returns `true` if the host named this assessment.
    pub(crate) fn has(&self, assessment: &str) -> bool {
        self.0.contains_key(assessment)
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
