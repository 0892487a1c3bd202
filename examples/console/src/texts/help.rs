use super::catalogue;

catalogue! {
    /// Texts of the page `help`.
    HelpTexts {
        title: "Help",
    }
}
