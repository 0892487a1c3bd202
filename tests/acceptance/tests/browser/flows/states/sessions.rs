//! The session ends while a person fills in a form.

use super::{SCORECARD, TRIGGERS, at_push, stored};
use crate::{flows::person::Person, page::Page, stage::Stage};

/// After the end of the session, saving keeps the page. After the sign-in in another tab, what was
/// typed can be saved.
pub(super) async fn expired(page: Page) {
    let (person, stage) = at_push(&page).await;
    let before = stored(&stage).await;
    let part = person.section(SCORECARD);
    part.fill("Strong Yes from", "91").await;
    page.clear_cookies().await;
    // The preview asks the server, which refuses. What was typed stays on the page.
    part.fill("Mixed from", "45").await;
    part.shows("Try again").await;
    assert_eq!(part.field("Strong Yes from").await.value().await, "91");

    part.press("button", "Save changes").await;
    part.shows("Your session has ended. Nothing was saved")
        .await;
    assert_eq!(page.focus().await, "button \"Save changes\"");
    assert_eq!(page.js(IN_VIEW, vec![]).await, true, "beside the button");
    page.screenshot("signed-out").await;
    page.assert_accessible().await;
    assert_eq!(stored(&stage).await, before, "nothing was saved");
    sign_in_in_new_tab(&person, &stage).await;
    assert_eq!(part.field("Strong Yes from").await.value().await, "91");
    part.save("Save changes").await;
    let settings = stored(&stage).await;
    assert_eq!(settings["thresholds"]["strong_yes"], 91);
    assert_eq!(settings["thresholds"]["mixed"], 45);

    // A secret is not kept, and must be entered again.
    let part = person.section("Harvest credential");
    part.fill("Client ID", "typed").await;
    part.fill("Client secret", "a typed secret").await;
    page.clear_cookies().await;
    part.press("button", "Check and save").await;
    part.shows("Your session has ended.").await;
    assert_eq!(part.field("Client ID").await.value().await, "typed");
    let secret = part.field("Client secret").await;
    assert_eq!(secret.value().await, "");
    assert_eq!(secret.js("return arguments[0].required").await, true);
    part.press("button", "Check and save").await;
    let invalid = "return document.activeElement.matches('[type=password]:invalid')";
    page.wait_until("the question for the secret", invalid)
        .await;
    page.take_console().await;

    // A page is asked for again after the sign-in.
    page.js(DISCARD, vec![]).await;
    page.goto(stage.url("/console/activity?status=failed"))
        .await;
    page.find("heading", "Sign in").await;
    person.whole().fill("Operator token", "gho_wrong").await;
    person.whole().submit("button", "Sign in").await;
    assert!(person.sees("No account has this operator token.").await);
    assert!(!page.url().await.contains("gho_"));
    person.whole().fill("Operator token", stage.token()).await;
    person.whole().submit("button", "Sign in").await;
    assert_eq!(
        page.url().await,
        stage.url("/console/activity?status=failed")
    );
    person.whole().submit("button", "Sign out").await;
    page.goto(stage.url("/console/push")).await;
    page.find("heading", "Sign in").await;
    stage.stop().await;
}

/// Without scripts, the response contains what was typed, and sends it again after the sign-in.
pub(super) async fn expired_without_scripts(page: Page) {
    page.javascript(false).await;
    let (person, stage) = at_push(&page).await;
    let part = person.section(TRIGGERS);
    part.fill("Minimum score", "75").await;
    page.clear_cookies().await;
    part.submit("button", "Save changes").await;
    page.find("heading", "You are signed out").await;
    assert!(person.sees("what you entered is kept on this page").await);
    page.screenshot("signed-out").await;
    let before = stored(&stage).await["trigger"].clone();
    assert_eq!(before["minimum"], 70, "nothing was saved");
    sign_in_in_new_tab(&person, &stage).await;
    person.whole().submit("button", "Send again").await;
    assert!(part.text().await.contains("The changes are saved."));
    assert_eq!(stored(&stage).await["trigger"]["minimum"], 75);

    part.fill("Minimum score", "80").await;
    let credential = person.section("Harvest credential");
    credential.fill("Client secret", "a typed secret").await;
    page.clear_cookies().await;
    credential.submit("button", "Check and save").await;
    assert!(person.sees("Secrets are not kept on this page.").await);
    assert!(!page.has("button", "Send again").await);
    stage.stop().await;
}

/// Follows the link to the sign-in, which opens a tab, and signs in there.
async fn sign_in_in_new_tab(person: &Person, stage: &Stage) {
    let page = &person.page;
    person.whole().press("link", "Sign in").await;
    page.switch_tab(1).await;
    person.whole().fill("Operator token", stage.token()).await;
    person.whole().submit("button", "Sign in").await;
    page.find("heading", "Greenhouse integration").await;
    page.close_tab().await;
    page.switch_tab(0).await;
}

/// Returns `true` if the notice about the session is visible without scrolling.
const IN_VIEW: &str = "
    const notices = [...document.querySelectorAll('.gh-notice')];
    const notice = notices.find((one) => one.textContent.includes('session has ended. Nothing was s'));
    const { top, bottom } = notice.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
";
const DISCARD: &str = "
    document.querySelectorAll('[data-dirty]').forEach((form) => form.removeAttribute('data-dirty'));
";
