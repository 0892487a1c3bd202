//! Candidate Push: the acting user.

use serde_json::json;

use crate::stage::Stage;

#[tokio::test]
async fn the_current_user_and_the_site_admins_are_shown_by_name() {
    let stage = Stage::set_up().await;
    let id = stage
        .greenhouse
        .seed_user("Ada", "Admin", "ada@example.org", true);
    stage
        .greenhouse
        .seed_user("Ivo", "Interviewer", "ivo@example.org", false);
    let page = stage.get("/push").await;
    let users = page.between("id=\"gh-users\"", "</fieldset>");
    let admin = stage.greenhouse.site_admin();
    let current = format!("value=\"{admin}\" checked>");
    let (_, current) = users.split_once(&current).expect(users);
    let (current, _) = current.split_once("</label>").unwrap();
    assert!(current.contains("Site Admin · Current"), "{current}");
    assert!(users.contains(&format!("value=\"{id}\"")), "{users}");
    assert!(users.contains("ada@example.org"), "{users}");
    assert!(!users.contains("ivo@example.org"), "{users}");
    assert!(users.contains("The credential's own user"), "{users}");
}

#[tokio::test]
async fn users_are_found_by_email_address_and_name() {
    let stage = Stage::set_up().await;
    let ivo = stage
        .greenhouse
        .seed_user("Ivo", "Interviewer", "ivo@example.org", false);
    for search in ["IVO@example", "interviewer"] {
        let page = stage.get(&format!("/push?user_q={search}")).await;
        page.has(&format!("value=\"{ivo}\""))
            .has("Not a Site Admin");
        page.has(&format!("value=\"{search}\""));
    }
    let page = stage.get("/push?user_q=%3Cimg%3E").await;
    page.has("No active user matches “&lt;img&gt;”.")
        .lacks("<img>");
    for number in 0..25 {
        let email = format!("many{number}@example.org");
        stage.greenhouse.seed_user("Many", "People", &email, false);
    }
    let page = stage.get("/push?user_q=many&refresh=1").await;
    page.has("5 more users match.");
}

#[tokio::test]
async fn a_user_is_found_by_id() {
    let stage = Stage::set_up().await;
    let ivo = stage
        .greenhouse
        .seed_user("Ivo", "Interviewer", "ivo@example.org", false);
    let page = stage.get(&format!("/push?user_q={ivo}")).await;
    let users = page.between("id=\"gh-users\"", "</fieldset>");
    assert!(users.contains(&format!("value=\"{ivo}\"")), "{users}");
    assert!(users.contains("Ivo Interviewer"), "{users}");

    // A user whom the list does not contain is checked when the id is saved.
    let (gone, unknown) = (ivo, 99);
    stage.greenhouse.set_deactivated(gone, true).unwrap();
    for id in [gone, unknown] {
        let page = stage.get(&format!("/push?refresh=1&user_q={id}")).await;
        let users = page.between("id=\"gh-users\"", "</fieldset>");
        assert!(
            users.contains("lists no active user with this ID"),
            "{users}"
        );
        assert!(users.contains(&format!("value=\"{id}\"")), "{users}");
        let id = id.to_string();
        let refused = stage.submit("/push/user", &[("acting_user", &id)]).await;
        refused.is(422).has("id=\"gh-acting_user-problems\"");
    }
}

#[tokio::test]
async fn an_acting_user_is_chosen_and_refused_at_the_field() {
    let stage = Stage::set_up().await;
    let ada = stage
        .greenhouse
        .seed_user("Ada", "Admin", "ada@example.org", true);
    let id = ada.to_string();
    stage
        .submit("/push/user", &[("acting_user", &id)])
        .await
        .is(303);
    assert_eq!(stage.push_settings().await["acting_user"], json!(ada));

    let ivo = stage
        .greenhouse
        .seed_user("Ivo", "Interviewer", "ivo@example.org", false);
    stage.greenhouse.set_deactivated(ivo, true).unwrap();
    let id = ivo.to_string();
    let refused = stage.submit("/push/user", &[("acting_user", &id)]).await;
    refused.is(422);
    let problems = refused.between("id=\"gh-acting_user-problems\"", "</ul>");
    assert!(problems.contains("acting_user_deactivated"), "{problems}");

    let refused = stage.submit("/push/user", &[("acting_user", "4x")]).await;
    refused.is(422).has("id=\"gh-acting_user-problems\"");
    assert_eq!(stage.push_settings().await["acting_user"], json!(ada));

    // While the push is switched off, the user is checked all the same.
    stage
        .submit("/push/switch", &[("enabled", "false")])
        .await
        .is(303);
    let refused = stage.submit("/push/user", &[("acting_user", &id)]).await;
    refused.is(422).has("acting_user_deactivated");
    let form = [("acting_user", id.as_str()), ("save_off", "true")];
    stage.submit("/push/user", &form).await.is(303);
    assert_eq!(stage.push_settings().await["acting_user"], json!(ivo));

    stage
        .submit("/push/user", &[("acting_user", "")])
        .await
        .is(303);
    assert_eq!(stage.push_settings().await["acting_user"], json!(null));
    stage
        .get("/push")
        .await
        .has("The credential's own user · Current");
}

#[tokio::test]
async fn a_user_who_is_no_site_admin_is_marked() {
    let stage = Stage::set_up().await;
    let ivo = stage
        .greenhouse
        .seed_user("Ivo", "Interviewer", "ivo@example.org", false);
    let id = ivo.to_string();
    // The credential's own user is a Site Admin and reads instead.
    stage
        .submit("/push/user", &[("acting_user", &id)])
        .await
        .is(303);
    stage
        .get("/push")
        .await
        .has("The current user is not a Site Admin.");
    let checked = stage.get("/push?check=1").await;
    checked
        .has("data-check=\"harvest_reader\"")
        .has("private candidates");
    stage.greenhouse.set_deactivated(ivo, true).unwrap();
    let page = stage.get("/push?refresh=1").await;
    page.has(&format!(
        "User {ivo} · Current · This user is not an active user"
    ));
}

#[tokio::test]
async fn an_id_can_be_typed_if_the_users_cannot_be_listed() {
    let stage = Stage::set_up().await;
    stage.greenhouse.withhold_scope("harvest:users:list", true);
    let page = stage.wait_for("/push", "id=\"gh-acting_user\"").await;
    page.is(200).has("data-code=\"greenhouse_refused\"");
    page.has(&format!("value=\"{}\"", stage.greenhouse.site_admin()));
}

#[tokio::test]
async fn hostile_names_are_text() {
    let stage = Stage::set_up().await;
    let long = "x".repeat(10_000);
    stage
        .greenhouse
        .seed_user("<img src=x onerror=a>", &long, "\"><b>@example.org", true);
    let page = stage.get("/push").await;
    page.lacks("<img src")
        .has("&lt;img src=x onerror=a&gt;")
        .lacks("\"><b>");
    page.lacks(&"x".repeat(200));
}
