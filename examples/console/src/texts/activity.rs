use super::catalogue;

catalogue! {
    /// Texts of the page `activity`.
    ActivityTexts {
        title: "Activity",
    }
}
