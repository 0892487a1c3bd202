use axum_host::Axum;
use greenhouse_core::{ProductJobId, platform::ProductJob};

use super::{
    inspection::Inspection,
    states::{JOBS, JOBS_MAPPED},
};
use crate::{
    operator::{open, sign_in},
    page::Page,
    stage::Stage,
};

/// A server with 200 mapped jobs.
async fn with_many_jobs() -> Stage {
    let many = |account: &mut server::accounts::AccountConfig| {
        let push = account.push.as_mut().unwrap();
        let (_, &mapping) = push.jobs.first_key_value().unwrap();
        for number in 1..200 {
            let id = ProductJobId::new(format!("opening-{number}"));
            let name = format!("{} {number}", NAMES[number % NAMES.len()]);
            push.jobs.insert(id.clone(), mapping);
            account.product_jobs.push(ProductJob { id, name });
        }
    };
    Stage::with(&Axum, many).await
}

pub(super) async fn inspect(page: Page) {
    let stage = with_many_jobs().await;
    let mut look = Inspection::new(&page, JOBS);
    sign_in(&page, &stage).await;
    open(&page, &stage, "push").await;
    look.state("jobs: 200 mapped").await;
    page.field("Search jobs").await.fill("nurse 1").await;
    page.wait_until(
        "the filter",
        "return document.querySelectorAll('#gh-job-rows tr[hidden]').length > 0",
    )
    .await;
    look.state("jobs: filtered while typing").await;
    let none = [("jobs_q", Some("astronaut"))];
    page.submit("form[action$='push#jobs']", &none).await;
    look.state("jobs: no match").await;

    open(&page, &stage, "push/jobs/account-executive").await;
    look.state("jobs: mapping of a job").await;
    look.end();
    stage.stop().await;
}

pub(super) async fn inspect_mapped(page: Page) {
    let stage = with_many_jobs().await;
    let mut look = Inspection::new(&page, JOBS_MAPPED);
    sign_in(&page, &stage).await;
    open(&page, &stage, "push").await;
    page.find("link", "Change Account Executive")
        .await
        .click()
        .await;
    page.find("button", "Save the mapping").await;
    look.state("jobs: mapping in a drawer").await;

    let lost = stage.demo().mapped_stage;
    stage.greenhouse().set_stage_active(lost, false).unwrap();
    open(&page, &stage, "push?refresh=1").await;
    page.wait_for_text("cannot be used as they are").await;
    look.state("jobs: stage lost").await;
    open(&page, &stage, "push/jobs/account-executive").await;
    look.state("jobs: mapping with a lost stage").await;
    look.end();
    stage.stop().await;
}

const NAMES: [&str; 4] = [
    "Senior software engineer, platform and infrastructure",
    "Nurse",
    "Verkäuferin im Außendienst",
    "مدير المبيعات",
];
