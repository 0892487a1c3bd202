use super::catalogue;

catalogue! {
    /// Texts of the section of the results of tests that Greenhouse sent.
    ResultsTexts {
        title: "Results",
        lead: "What happens in Greenhouse when a candidate has finished, besides what the sections above say.",
        invited: "Also write the results of tests that Greenhouse sends",
        invited_hint: "Scorecard or note, report, custom fields and tags are added to the application for which the test was sent. No candidate is created, and no application is moved. This concerns candidates who finish from now on.",
    }
}
