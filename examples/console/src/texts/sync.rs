use super::catalogue;

catalogue! {
    /// Texts of the page `sync`.
    SyncTexts {
        title: "Bidirectional sync",
    }
}
