use axum_host::Axum;

use super::{inspection::Inspection, states::HEALTH};
use crate::{
    operator::{open, sign_in},
    page::Page,
    stage::Stage,
};

pub(super) async fn inspect(page: Page) {
    let mut look = Inspection::new(&page, HEALTH);
    let empty = Stage::empty(&Axum).await;
    sign_in(&page, &empty).await;
    open(&page, &empty, "health").await;
    look.state("health: nothing set up").await;
    empty.stop().await;

    let stage = Stage::set_up(&Axum).await;
    sign_in(&page, &stage).await;
    open(&page, &stage, "health").await;
    look.state("health: set up").await;
    let greenhouse = stage.greenhouse();
    greenhouse.set_scopes(["harvest:candidates:list", "harvest:users:list"]);
    let lost = stage.demo().mapped_stage;
    greenhouse.set_stage_active(lost, false).unwrap();
    let failed = stage.completed("Ada", "Brandt", 90.0).await;
    assert_eq!(stage.settled(&failed).await["status"], "failed");
    open(&page, &stage, "health").await;
    page.wait_for_text("Problem").await;
    page.js(
        "for (const one of document.querySelectorAll('details')) one.open = true",
        vec![],
    )
    .await;
    look.state("health: problems").await;
    look.end();
    stage.stop().await;
}
