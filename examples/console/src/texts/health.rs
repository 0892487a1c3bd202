use super::catalogue;

catalogue! {
    /// Texts of the health page.
    HealthTexts {
        title: "Health",
        lead: "Every check of this account, problems first. Checks of the Harvest credential call Greenhouse.",
        all_ok: "Everything works.",
        what_to_do: "What to do",
        details: "Details",
        open_setting: "Open the setting",
        empty: "Nothing is set up yet. Begin with Assessments or Candidate Push.",
    }
    plural {
        problems: ("1 problem", "{count} problems"),
        warnings: ("1 warning", "{count} warnings"),
    }
}
