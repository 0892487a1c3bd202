use super::catalogue;

catalogue! {
    /// Texts of the page `scorecard`.
    ScorecardTexts {
        title: "Scorecard mapping",
    }
}
