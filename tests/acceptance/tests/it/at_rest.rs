//! What is in the database file, and what is not.

use acceptance::at_rest::{AtRest, nothing_leaks};
use axum_host::Axum;
use server::demo::Setting;

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_in_the_file_and_after_an_erasure_no_person() {
    let stage = Setting::on(&Axum).set().await.unwrap();
    let file = stage.config.database.expose();
    nothing_leaks(&stage, || AtRest::files_of(file)).await;
    stage.strike().await.unwrap();
}
