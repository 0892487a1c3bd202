//! First part of the story: an empty account is set up completely.

use serde_json::{Value, json};

use super::person::{Hand, Person};
use crate::{stage::Stage, wait};

/// Sets up assessments, Candidate Push and webhooks.
pub(super) async fn set_up(person: &Person, stage: &Stage) {
    person.sign_in(stage).await;
    assessments(person, stage).await;
    push(person, stage).await;
    webhooks(person, stage).await;
    let settings = stage.ask("GET", "settings/push", None).await.1["settings"].clone();
    let demo = stage.demo();
    let expected = json!({ "strong_yes": 85, "yes": 65, "mixed": 45, "no": 20 });
    assert_eq!(settings["enabled"], true, "{settings}");
    assert_eq!(settings["thresholds"], expected);
    let user = stage.greenhouse().site_admin();
    assert_eq!(settings["acting_user"], user);
    let trigger = json!({ "kind": "on_score", "minimum": 70, "inclusive": true });
    assert_eq!(settings["trigger"], trigger);
    let mapping = &settings["jobs"]["account-executive"];
    assert_eq!(mapping["stage"], demo.mapped_stage);
    person.open("Health").await;
    person.see("Everything works.").await;
}

async fn assessments(person: &Person, stage: &Stage) {
    let page = &person.page;
    person.whole().submit("button", "Set up assessments").await;
    assert_eq!(done_steps(person).await, [""; 0]);

    person.whole().submit("button", "Create a key").await;
    let dialog = page.find("dialog", "New partner key").await;
    if person.has_scripts {
        person.assert_focus_at("dialog *").await;
        assert!(
            !page.has("button", "Create a key").await,
            "the dialog is modal"
        );
    }
    let key = dialog
        .js("return arguments[0].querySelector('code').innerText")
        .await;
    let key = key.as_str().unwrap().to_owned();
    if person.has_scripts {
        person
            .part("dialog", "New partner key")
            .press("button", "Copy Key")
            .await;
        page.wait_for_text("Copied").await;
    }
    person.close_dialog("link", "New partner key").await;
    if person.has_scripts {
        person.assert_focus_at("main").await;
    }
    assert!(!page.text().await.contains(&key), "the key is shown once");
    stage.connect_partner(&key);
    assert_eq!(stage.greenhouse().list_tests().await.unwrap().len(), 2);

    let credential = stage.greenhouse().completion_credential();
    let part = person.section("Completion credential");
    part.fill("User name or key", &credential.username).await;
    part.fill("Password", &credential.password).await;
    part.save("Set the credential").await;
    part.shows("Set: a user name with a password").await;
    let fields = page.js(PASSWORDS, vec![]).await;
    assert_eq!(fields, json!(["", ""]), "a secret is never shown again");
    let done = done_steps(person).await;
    assert_eq!(done, ["key", "register", "hand-over", "credential"]);
}

async fn push(person: &Person, stage: &Stage) {
    let greenhouse = stage.greenhouse();
    let seeded = greenhouse.seed_custom_field("application", "Test status", "short_text", &[]);
    seeded.unwrap();
    person.open("Candidate Push").await;
    assert!(person.sees("Set up first: Harvest credential").await);
    let credential = stage.greenhouse().credential();
    let part = person.section("Harvest credential");
    part.fill("Client ID", &credential.client_id).await;
    part.fill("Client secret", "not the secret").await;
    part.submit("button", "Check and save").await;
    part.shows("Nothing was saved.").await;
    assert_eq!(
        part.field("Client ID").await.value().await,
        credential.client_id
    );
    part.fill("Client secret", &credential.client_secret).await;
    part.save("Check and save").await;
    if person.has_scripts && person.hand == Hand::Keyboard {
        assert_eq!(person.page.focus().await, "button \"Check and save\"");
    }

    let part = person.section("Acting user");
    part.fill("Search by name, email address or ID", "siteadmin")
        .await;
    part.submit("button", "Search").await;
    part.pick("Ada Siteadmin · site.admin@greenhouse.example · Site Admin")
        .await;
    part.save("Save the acting user").await;

    map_the_job(person).await;

    let part = person.section("Scorecard mapping");
    for (label, bound) in [
        ("Strong Yes from", "85"),
        ("Yes from", "65"),
        ("Mixed from", "45"),
        ("No from", "20"),
    ] {
        part.fill(label, bound).await;
    }
    part.save("Save changes").await;

    let part = person.section("Push triggers");
    part.pick("Each completed assessment with a minimum score")
        .await;
    part.fill("Minimum score", "70").await;
    part.save("Save changes").await;

    results_and_rules(person, stage).await;

    let part = person.section("Enable Candidate Push");
    part.save("Switch on").await;
    part.shows("Candidate Push is on.").await;
}

/// Switches on the results and the status of sent tests, and the rules in dry-run mode, then
/// switches both off again.
async fn results_and_rules(person: &Person, stage: &Stage) {
    const INVITED: &str = "Also write the results of tests that Greenhouse sends";
    const STATUS: &str = "Custom field for the status of tests";
    let reasons = stage.ask("GET", "choices/rejection-reasons", None).await.1;
    let reason = &reasons["reasons"][0];
    let [name, kind] = ["name", "type"].map(|member| reason[member].as_str().unwrap());
    let part = person.section("Results");
    part.check(INVITED).await;
    part.choose(STATUS, "\u{2068}Test status\u{2069}").await;
    part.pick("Dry run: the activity shows what the rules would do")
        .await;
    part.choose("Move applications", "With Strong Yes").await;
    part.choose("Reject applications", "By score").await;
    part.fill("Score below which applications are rejected", "30")
        .await;
    let label = format!("\u{2068}{name}\u{2069} (\u{2068}{kind}\u{2069})");
    part.choose("Rejection reason", &label).await;
    part.save("Save changes").await;
    let settings = stage.ask("GET", "settings/push", None).await.1["settings"].clone();
    assert_eq!(settings["invited_results"], true);
    assert_eq!(settings["status_field"], "test_status");
    let rules = json!({
        "mode": "dry_run",
        "advance": {"from": {"recommendation": "definitely_yes"}},
        "reject": {"below": {"score": 30}, "reason": reason["id"], "email": null},
        "daily_limit": 50,
    });
    assert_eq!(settings["rules"], rules);
    let stages = stage.greenhouse().job_interview_stages();
    let offer = stages.iter().find(|stage| stage.name == "Offer");
    let offer = offer.unwrap().id;
    let mapping = &settings["jobs"]["account-executive"];
    assert_eq!(mapping["advance_to"], json!(offer));

    part.check(INVITED).await;
    part.choose(STATUS, "Not written").await;
    part.pick("Off").await;
    part.save("Save changes").await;
}

/// Maps the product's job, in a drawer if the page has scripts.
async fn map_the_job(person: &Person) {
    let table = person.section("Job mapping");
    let link = "Map Account Executive";
    if person.has_scripts {
        table.press("link", link).await;
        let drawer = person.part("dialog", "Map");
        drawer.find("heading", link).await;
        person.assert_focus_at("dialog *").await;
        drawer
            .choose("Open jobs in Greenhouse", "Account Executive")
            .await;
        drawer.press("button", "Show stages").await;
        drawer.choose("Stage", "Take Home Test").await;
        drawer.choose("Stage for the rule", "Offer").await;
        drawer.save("Save the mapping").await;
    } else {
        table.submit("link", link).await;
        let page = person.whole();
        page.choose("Open jobs in Greenhouse", "Account Executive")
            .await;
        page.submit("button", "Show stages").await;
        page.choose("Stage", "Take Home Test").await;
        page.choose("Stage for the rule", "Offer").await;
        page.save("Save the mapping").await;
    }
    person
        .section("Job mapping")
        .find("link", "Change Account Executive")
        .await;
}

async fn webhooks(person: &Person, stage: &Stage) {
    let part = person.section("Bidirectional sync");
    part.submit("button", "Set up webhooks").await;
    let dialog = person.page.find("dialog", "New webhook secret").await;
    let secret = dialog
        .js("return arguments[0].querySelector('code').innerText")
        .await;
    let secret = secret.as_str().unwrap().to_owned();
    if person.has_scripts {
        person.assert_focus_at("dialog *").await;
    }
    person.close_dialog("link", "New webhook secret").await;
    assert!(!person.sees(&secret).await, "the secret is shown once");
    let url = person.page.js(WEBHOOK_URL, vec![]).await;
    let url = url.as_str().unwrap().to_owned();
    assert!(
        url.starts_with(&stage.url("/api/webhooks/greenhouse/")),
        "{url}"
    );
    stage.add_webhooks(&url, &secret).await;
    wait::until("the pings", async || {
        let hooks = stage.ask("GET", "hooks", None).await.1;
        let hooks = hooks["hooks"].as_array().unwrap().iter();
        let received = hooks.filter(|hook| hook["state"] == "ok").count();
        received == PINGED.len()
    })
    .await;
    person.open("Candidate Push").await;
    let received = person.page.js(RECEIVED, vec![]).await;
    assert_eq!(received, json!(PINGED));
}

/// Names of the steps in Greenhouse that are done.
pub(super) async fn done_steps(person: &Person) -> Vec<String> {
    let steps = person.page.js(DONE_STEPS, vec![]).await;
    let steps = steps.as_array().unwrap().iter();
    steps.filter_map(Value::as_str).map(str::to_owned).collect()
}

const DONE_STEPS: &str = "
    return [...document.querySelectorAll('#steps [data-step]')]
        .filter((step) => step.querySelector('.gh-status').innerText.trim() === 'Done')
        .map((step) => step.dataset.step);
";
const PASSWORDS: &str = "
    return [...document.querySelectorAll('#completion input[type=password]')]
        .map((input) => input.value);
";
const WEBHOOK_URL: &str = "return document.querySelector('#sync .gh-copy-value').innerText";
/// Webhooks whose ping names an event of the page, in the order of the page.
const PINGED: [&str; 2] = ["hire_candidate", "candidate_stage_change"];
const RECEIVED: &str = "
    return [...document.querySelectorAll('#sync [data-event]')]
        .filter((row) => row.innerText.includes('Received'))
        .map((row) => row.dataset.event);
";
