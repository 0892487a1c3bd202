use super::catalogue;

catalogue! {
    /// Texts of the page `push`.
    PushTexts {
        title: "Candidate Push",
        credential: "Harvest credential",
        user: "Acting user",
        jobs: "Job mapping",
        triggers: "Push triggers",
    }
}
