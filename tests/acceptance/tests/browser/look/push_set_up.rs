use axum_host::Axum;
use serde_json::json;

use super::{
    inspection::Inspection,
    states::{PUSH_SET_UP, PUSH_SWITCHED, WEBHOOKS_SET_UP},
};
use crate::{
    operator::{change, open, set_up_push, sign_in},
    page::Page,
    stage::Stage,
};

pub(super) async fn inspect(page: Page) {
    let stage = Stage::empty(&Axum).await;
    let greenhouse = stage.greenhouse();
    for (first, last, is_admin) in USERS {
        let email = format!("{}@example.org", first.to_lowercase());
        greenhouse.seed_user(first, last, &email, is_admin);
    }
    let mut look = Inspection::new(&page, PUSH_SET_UP);
    sign_in(&page, &stage).await;
    open(&page, &stage, "push").await;
    look.state("push: not set up, sections locked").await;

    let own = greenhouse.credential();
    let credential = [
        ("credential.client_id", Some(own.client_id.as_str())),
        ("credential.client_secret", Some(own.client_secret.as_str())),
    ];
    let missing = ["harvest:notes:create", "harvest:attachments:create"];
    for scope in missing {
        greenhouse.withhold_scope(scope, true);
    }
    let form = "form[action$='push/credential']";
    page.submit(form, &credential).await;
    look.state("push: refused credential, scopes missing").await;
    for scope in missing {
        greenhouse.withhold_scope(scope, false);
    }
    page.submit(form, &credential).await;
    look.state("push: credential set").await;

    let search = "form[action$='push#user']";
    page.submit(search, &[("user_q", Some("a"))]).await;
    look.state("push: users found").await;
    page.submit(search, &[("user_q", Some("nobody of this name"))])
        .await;
    look.state("push: no user found").await;
    look.end();
    stage.stop().await;
}

pub(super) async fn inspect_switch(page: Page) {
    let stage = Stage::empty(&Axum).await;
    let greenhouse = stage.greenhouse();
    let mut look = Inspection::new(&page, PUSH_SWITCHED);
    set_up_push(&stage).await;
    change(&stage, "push", |stored| {
        stored["enabled"] = json!(false);
        stored["jobs"] = json!({});
    })
    .await;
    sign_in(&page, &stage).await;
    open(&page, &stage, "push").await;
    let user = greenhouse.site_admin().to_string();
    page.submit("form[action$='push/user']", &[("acting_user", Some(&user))])
        .await;
    look.state("push: acting user set").await;

    let job = greenhouse.jobs()[0].id;
    open(
        &page,
        &stage,
        &format!("push/jobs/account-executive?job={job}"),
    )
    .await;
    greenhouse.set_job_status(job, "closed").unwrap();
    page.submit(".gh main form[data-guard]", &[]).await;
    look.state("push: refused job mapping").await;
    greenhouse.set_job_status(job, "open").unwrap();

    set_up_push(&stage).await;
    change(&stage, "push", |stored| stored["enabled"] = json!(false)).await;
    greenhouse.withhold_scope("harvest:notes:create", true);
    open(&page, &stage, "push").await;
    page.submit("form[action$='push/switch']", &[]).await;
    look.state("push: cannot be switched on").await;
    greenhouse.withhold_scope("harvest:notes:create", false);
    open(&page, &stage, "push").await;
    look.state("push: switched off").await;
    look.end();
    stage.stop().await;
}

pub(super) async fn inspect_webhooks(page: Page) {
    let stage = Stage::empty(&Axum).await;
    let mut look = Inspection::new(&page, WEBHOOKS_SET_UP);
    set_up_push(&stage).await;
    sign_in(&page, &stage).await;
    open(&page, &stage, "push").await;
    page.submit("form[action$='sync/set-up']", &[]).await;
    look.state("push: dialog with a webhook secret").await;
    page.find("link", "Close").await.click().await;
    page.wait_gone("link", "Close").await;
    look.state("push: webhooks never received").await;
    look.end();
    stage.stop().await;
}

/// Users in Greenhouse, and which of them are Site Admins.
const USERS: [(&str, &str, bool); 5] = [
    ("Anna", "Lindgren", true),
    ("Karim", "Benali", true),
    ("Marta", "Nowak", false),
    ("Maximiliane", "von und zu Hohenstein-Falkenberg", true),
    ("Sara", "Ekwueme", false),
];
