use axum_host::Axum;

use super::{inspection::Inspection, states::HELP};
use crate::{
    operator::{open, sign_in},
    page::Page,
    stage::Stage,
};

pub(super) async fn inspect(page: Page) {
    let stage = Stage::empty(&Axum).await;
    let mut look = Inspection::new(&page, HELP);
    sign_in(&page, &stage).await;
    open(&page, &stage, "help").await;
    look.state("help: whole").await;
    page.field("Search the help").await.fill("scope").await;
    let filtered = "return document.querySelectorAll('#gh-help [data-row][hidden]').length > 0";
    page.wait_until("the filter", filtered).await;
    look.state("help: filtered while typing").await;
    open(&page, &stage, "help?q=credential").await;
    look.state("help: found").await;
    open(&page, &stage, "help?q=astronaut").await;
    look.state("help: nothing found").await;
    open(&page, &stage, "help/several_candidates").await;
    look.state("help: one paragraph").await;
    look.end();
    stage.stop().await;
}
