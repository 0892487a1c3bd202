use super::catalogue;

catalogue! {
    /// Texts of the page `help`.
    HelpTexts {
        title: "Help",
        search: "Search the help",
        find: "Search",
        contents: "Contents",
        all: "All help",
        no_results: "No paragraph contains all of these words. Try fewer words.",
    }
    plural {
        results: ("1 paragraph contains these words", "{count} paragraphs contain these words"),
    }
}
