use super::catalogue;

catalogue! {
    /// Texts of the page `assessments`.
    AssessmentsTexts {
        title: "Assessments",
    }
}
