//! A person who uses the console of the server.

use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use crate::{page::Page, stage::Stage};

/// Signs in with the operator token of the stage's account.
pub(crate) async fn sign_in(page: &Page, stage: &Stage) {
    page.goto(stage.url("/console")).await;
    enter_token(page, stage.token()).await;
    let path = "return location.pathname === '/console/assessments'";
    page.wait_until("the first page", path).await;
    page.wait_until_loaded().await;
}

/// Enters a token in the form of the sign-in.
pub(crate) async fn enter_token(page: &Page, token: &str) {
    page.field("Operator token").await.fill(token).await;
    let button = page.find("button", "Sign in").await;
    page.replaced_by(button.click()).await;
}

/// Opens a page of the console, such as `push?check=1`, and waits until it is loaded. Discards what
/// was typed on the page before.
pub(crate) async fn open(page: &Page, stage: &Stage, address: &str) {
    page.js(DISCARD, vec![]).await;
    page.goto(stage.url(&format!("/console/{address}"))).await;
    page.wait_until_loaded().await;
}

/// Changes stored settings, such as those of `push`.
pub(crate) async fn change(stage: &Stage, part: &str, change: impl FnOnce(&mut Value)) {
    let path = format!("settings/{part}");
    let (_, mut stored) = stage.ask("GET", &path, None).await;
    change(&mut stored["settings"]);
    let form = json!({ "version": stored["version"], "settings": stored["settings"] });
    let (status, saved) = stage.ask("PUT", &path, Some(form)).await;
    assert_eq!(status, 200, "{part}: {saved}");
}

/// Enters the credential, the acting user and the job mapping of Greenhouse.
pub(crate) async fn set_up_push(stage: &Stage) {
    let greenhouse = stage.greenhouse();
    let own = greenhouse.credential();
    let job = greenhouse.jobs()[0].id;
    let settings = json!({
        "credential": { "client_id": own.client_id, "client_secret": own.client_secret },
        "acting_user": greenhouse.site_admin(),
        "jobs": { "account-executive": { "job": job, "stage": stage.demo().mapped_stage } },
    });
    change(stage, "push", |stored| *stored = settings).await;
}

/// Executes SQL in the database of the server.
pub(crate) async fn execute(stage: &Stage, sql: &str) {
    let file = stage.demo().config.database.expose();
    let options = SqliteConnectOptions::new().filename(file);
    let pool = SqlitePoolOptions::new().max_connections(1);
    let pool = pool.connect_with(options).await.unwrap();
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    sqlx::raw_sql(sql).execute(&pool).await.unwrap();
    pool.close().await;
}

const DISCARD: &str = "
    for (const form of document.querySelectorAll('form[data-dirty]')) {
        form.removeAttribute('data-dirty');
    }
";
