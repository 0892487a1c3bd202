//! Search of the database file for secrets and personal data.

use acceptance::at_rest::{AtRest, nothing_leaks};
use axum_host::Axum;
use server::demo::DemoBuilder;

#[tokio::test(flavor = "multi_thread")]
async fn file_contains_no_secrets_and_no_erased_person() {
    let stage = DemoBuilder::new(&Axum).start().await.unwrap();
    let file = stage.config.database.expose();
    nothing_leaks(&stage, || AtRest::files_of(file)).await;
    stage.stop().await.unwrap();
}
