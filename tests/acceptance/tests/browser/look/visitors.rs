use axum_host::Axum;

use super::{inspection::Inspection, states::VISITORS};
use crate::{
    foreign::ForeignSite,
    operator::{enter_token, execute, open, sign_in},
    page::Page,
    stage::Stage,
};

pub(super) async fn inspect(page: Page) {
    let stage = Stage::set_up(&Axum).await;
    let mut look = Inspection::new(&page, VISITORS);
    page.goto(stage.url("/console")).await;
    look.state("sign-in").await;
    enter_token(&page, "gho_wrong").await;
    look.state("sign-in: wrong token").await;
    page.js(GUESS, vec![]).await;
    enter_token(&page, "gho_wrong").await;
    look.state("sign-in: too many attempts").await;

    sign_in(&page, &stage).await;
    open(&page, &stage, "push").await;
    page.clear_cookies().await;
    let search = "form[action$='push#user']";
    page.submit(search, &[("user_q", Some("a"))]).await;
    look.state("signed out").await;

    sign_in(&page, &stage).await;
    open(&page, &stage, "push").await;
    page.offline(true).await;
    page.js(SEARCH_OFFLINE, vec![]).await;
    page.wait_for_text("You are offline.").await;
    look.state("offline").await;
    page.offline(false).await;

    open(&page, &stage, "nothing").await;
    look.state("page not found").await;

    let target = stage.url("/console/assessments/account");
    let form = format!("<form class=\"gh\" method=\"post\" action=\"{target}\"></form>");
    let site = ForeignSite::start([("/", form)]).await;
    page.goto(site.same_site("/")).await;
    let send = async { drop(page.js("document.forms[0].submit()", vec![]).await) };
    page.replaced_by(send).await;
    look.state("request of another site refused").await;

    execute(&stage, "ALTER TABLE sync_log RENAME TO lost").await;
    open(&page, &stage, "activity").await;
    look.state("page failed, store down").await;
    execute(&stage, "ALTER TABLE lost RENAME TO sync_log").await;
    execute(&stage, "ALTER TABLE account_keys RENAME TO lost").await;
    open(&page, &stage, "activity").await;
    look.state("session not checked, store down").await;
    execute(&stage, "ALTER TABLE lost RENAME TO account_keys").await;
    look.end();
    stage.stop().await;
}

/// Guesses ten tokens.
const GUESS: &str = "
    const guess = () => fetch('/console/sign-in', {
        method: 'POST', body: new URLSearchParams({ token: 'guess' }),
    });
    return Promise.all(Array.from({ length: 10 }, guess)).then(() => true);
";
const SEARCH_OFFLINE: &str =
    "document.querySelector(\"form[action$='push#user']\").requestSubmit()";
