//! A person connects the account to a partner's app.

use mock_greenhouse::Consent;

use super::person::Person;
use crate::stage::Stage;

/// Enters the app, is refused in Greenhouse, connects, confirms a consent that was begun in
/// Greenhouse, and disconnects.
pub(super) async fn connect(person: &Person, stage: &Stage) {
    let greenhouse = stage.greenhouse();
    let redirect_uri = stage.url("/console/push/connection/callback");
    greenhouse.set_redirect_uri(&redirect_uri);
    greenhouse.switch(|switches| switches.consent = Consent::Asks);
    person.open("Candidate Push").await;
    let part = person.section("Harvest credential");
    let app = greenhouse.partner_credential();
    part.pick("App of a Greenhouse partner").await;
    part.fill("Client ID", &app.client_id).await;
    part.fill("Client secret", &app.client_secret).await;
    part.fill("Redirect URI", &redirect_uri).await;
    part.save("Check and save").await;
    part.shows("The Greenhouse account is not connected yet.")
        .await;
    part.shows(&redirect_uri).await;
    person.page.assert_accessible().await;

    part.submit("button", "Connect with Greenhouse").await;
    person.page.assert_accessible().await;
    to_greenhouse(person).await;
    person.whole().press("button", "Deny").await;
    person
        .page
        .wait_for_text("The user in Greenhouse did not consent.")
        .await;
    part.submit("button", "Connect with Greenhouse").await;
    to_greenhouse(person).await;
    person.whole().press("button", "Allow").await;
    person
        .page
        .wait_for_text("The Greenhouse account is connected now.")
        .await;
    let address = person.page.url().await;
    assert!(
        address.starts_with(&stage.url("/console/push?")),
        "{address}"
    );
    part.shows("Connected by").await;
    part.shows("Site Admin").await;
    person.page.assert_accessible().await;
    let (_, connection) = stage.ask("GET", "connection", None).await;
    assert_eq!(connection["status"], "connected", "{connection}");

    let user = greenhouse.job_admin();
    greenhouse.set_consenting_user(user).unwrap();
    let location = greenhouse.consent_in_greenhouse().unwrap();
    person.page.goto(location).await;
    person.page.wait_for_text("Nothing is connected yet.").await;
    assert!(!person.page.url().await.contains("code="));
    person.page.assert_accessible().await;
    let confirm = person.section("Confirm the connection");
    confirm.submit("button", "Connect this account").await;
    person
        .page
        .wait_for_text("cannot be used like this yet")
        .await;
    part.shows("Not a Site Admin").await;

    part.press("DisclosureTriangle", "Disconnect").await;
    part.submit("button", "Disconnect").await;
    person
        .page
        .wait_for_text("The account is disconnected.")
        .await;
    let (_, connection) = stage.ask("GET", "connection", None).await;
    assert_eq!(connection["status"], "not_connected", "{connection}");
}

async fn to_greenhouse(person: &Person) {
    let part = person.section("Continue in Greenhouse");
    part.press("link", "Continue to Greenhouse").await;
    person.page.find("heading", "Authorize access").await;
}
