use chrono::TimeDelta;
use greenhouse_core::{
    store::{Changes, Direction, LogEntry, LogStatus, LogSubject},
    texts,
};
use http::Method;
use serde_json::{Value, json};

use crate::{
    activity::{entry, seed},
    stage::{Shown, Stage},
};

#[tokio::test]
async fn assessments_are_set_up_with_one_button() {
    let stage = Stage::empty().await;
    let page = stage.get("/assessments").await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Set up assessments"));
    assert!(!page.body.contains("id=\"keys\"") && !page.body.contains("id=\"completion\""));
    let fields = [("version", page.version())];
    let fields = fields
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let shown = stage.post_and_follow("/assessments/set-up", &fields).await;
    for id in [
        "keys",
        "addresses",
        "completion",
        "thresholds",
        "steps",
        "account",
    ] {
        assert!(shown.section(id).contains("</h2>"), "{id}");
    }
    assert!(shown.body.contains("The changes are saved."));
    let settings = stage.settings("assessments").await;
    assert_eq!(settings["enabled"], true);
    assert_eq!(settings["thresholds"]["strong_yes"], 80.0);
    assert_eq!(settings["completion"], Value::Null);
}

#[tokio::test]
async fn the_switch_is_saved_and_shown() {
    let stage = ready().await;
    assert!(input(&stage.get("/assessments").await, "enabled").contains(" checked"));
    stage
        .save("/assessments", "/assessments/enabled", &[])
        .await;
    assert_eq!(stage.settings("assessments").await["enabled"], false);
    assert!(!input(&stage.get("/assessments").await, "enabled").contains(" checked"));
    let on = [("enabled", "true")];
    stage
        .save("/assessments", "/assessments/enabled", &on)
        .await;
    assert_eq!(stage.settings("assessments").await["enabled"], true);
}

#[tokio::test]
async fn thresholds_are_saved_and_refused_at_their_field() {
    let stage = ready().await;
    let shown = input(&stage.get("/assessments").await, "thresholds.strong_yes");
    assert!(shown.contains("value=\"80\""), "{shown}");
    let saved = thresholds(&stage, ["90", "72,5", "50", "10"]).await;
    let location = saved.location.as_deref();
    assert_eq!(
        location,
        Some("/mounted/assessments?saved=thresholds#thresholds")
    );
    let stored = stage.settings("assessments").await["thresholds"].clone();
    let expected = json!({ "strong_yes": 90, "yes": 72.5, "mixed": 50, "no": 10 });
    assert_eq!(stored, expected);

    let refused = thresholds(&stage, ["90", "<b>many", "50", "10"]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("id=\"gh-thresholds-yes-problems\""));
    let typed = input(&refused, "thresholds.yes");
    assert!(typed.contains("value=\"&lt;b&gt;many\"") && typed.contains("aria-invalid=\"true\""));
    assert!(!input(&refused, "thresholds.no").contains("aria-invalid"));

    let refused = thresholds(&stage, ["40", "60", "50", "10"]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.section("thresholds").contains("Nothing was saved."));
    assert!(
        refused
            .section("thresholds")
            .contains("id=\"gh-other-problems\"")
    );
    assert!(input(&refused, "thresholds.strong_yes").contains("value=\"40\""));
    assert_eq!(stage.settings("assessments").await["thresholds"], expected);
}

#[tokio::test]
async fn a_stale_form_keeps_what_was_typed() {
    let stage = ready().await;
    let version = stage.get("/assessments").await.version();
    stage
        .save("/assessments", "/assessments/enabled", &[])
        .await;
    let typed = [
        ("version", version.as_str()),
        ("thresholds.strong_yes", "99"),
        ("thresholds.yes", "60"),
        ("thresholds.mixed", "40"),
        ("thresholds.no", "20"),
    ];
    let stale = stage.post("/assessments/thresholds", &typed).await;
    assert_eq!(stale.status, 409);
    assert!(input(&stale, "thresholds.strong_yes").contains("value=\"99\""));
    let section = stale.section("thresholds");
    assert!(section.contains("href=\"/mounted/assessments#thresholds\""));
    let kept = "data-guard=\"kept\"";
    assert!(section.contains(kept), "what was typed is not saved");
    assert_eq!(stale.body.matches(kept).count(), 1, "{}", stale.body);
    assert!(
        !stale
            .section("enabled")
            .contains("Load the current settings")
    );
    let fields = [("version", version.as_str()), ("enabled", "true")];
    let stale = stage.post("/assessments/enabled", &fields).await;
    assert_eq!(stale.status, 409);
    assert!(
        stale
            .section("enabled")
            .contains("Load the current settings")
    );
    let settings = stage.settings("assessments").await;
    assert_eq!(settings["thresholds"]["strong_yes"], 80.0);
    assert_eq!(settings["enabled"], false);

    // Someone else removed the settings.
    let current = stage
        .get("/assessments")
        .await
        .version()
        .parse::<u64>()
        .unwrap();
    let body = json!({ "version": current, "settings": null });
    stage.api(Method::PUT, "settings/assessments", body).await;
    let stale = stage.post("/assessments/thresholds", &typed).await;
    assert_eq!(stale.status, 409);
    assert!(
        stale
            .section("enabled")
            .contains("Load the current settings")
    );
    assert!(stale.section("enabled").contains("Set up assessments"));
}

#[tokio::test]
async fn the_completion_credential_is_stored_and_never_shown() {
    let stage = ready().await;
    let missing = stage.get("/assessments").await.section("completion");
    assert!(missing.contains("Not set</span>") && missing.contains("Set the credential"));
    assert!(!missing.contains("Remove the credential"));
    let (user, password) = ("completion-user-17", "the password of completions");
    let saved = credential(&stage, user, password).await;
    assert_eq!(saved.status, 303);
    let both = json!({ "user_set": true, "password_set": true });
    assert_eq!(stage.settings("assessments").await["completion"], both);
    let page = stage.get("/assessments").await;
    assert!(!page.body.contains(user) && !page.body.contains(password));
    let section = page.section("completion");
    assert!(section.contains("Set: a user name with a password"));
    assert!(section.contains("Replace the credential"));

    // A password alone replaces the password.
    assert_eq!(credential(&stage, "", "another password").await.status, 303);
    assert_eq!(stage.settings("assessments").await["completion"], both);
    assert_eq!(credential(&stage, "a-single-key-1", "").await.status, 303);
    let single = json!({ "user_set": true, "password_set": false });
    assert_eq!(stage.settings("assessments").await["completion"], single);
    assert!(
        stage
            .get("/assessments")
            .await
            .section("completion")
            .contains("a single key")
    );

    let removed = stage
        .save("/assessments", "/assessments/completion/remove", &[])
        .await;
    assert_eq!(removed.status, 303);
    assert_eq!(
        stage.settings("assessments").await["completion"],
        Value::Null
    );
}

#[tokio::test]
async fn a_refused_credential_is_explained_and_not_repeated() {
    let stage = ready().await;
    for (user, password, field, code) in [
        ("", "", "gh-completion-user-problems", "missing"),
        (
            "",
            "a password alone",
            "gh-completion-user-problems",
            "missing",
        ),
        (
            "user:name-5",
            "a long password",
            "gh-completion-user-problems",
            "colon",
        ),
        (
            "user-name-5",
            "sh0rt",
            "gh-completion-password-problems",
            "too_short",
        ),
        ("gpk_0123456789", "", "gh-other-problems", "partner_key"),
    ] {
        let refused = credential(&stage, user, password).await;
        assert_eq!(refused.status, 422, "{user} {password}");
        let problems = refused.part(&format!("id=\"{field}\""), "</ul>");
        assert!(
            problems.contains(&format!("data-code=\"{code}\"")),
            "{problems}"
        );
        for typed in [user, password] {
            assert!(typed.is_empty() || !refused.body.contains(typed), "{typed}");
        }
    }
    assert_eq!(
        stage.settings("assessments").await["completion"],
        Value::Null
    );
}

#[tokio::test]
async fn the_four_addresses_can_be_copied() {
    let stage = ready().await;
    let section = stage.get("/assessments").await.section("addresses");
    for path in ["list-tests", "send-test", "test-status", "response-error"] {
        let address = format!("https://assess.example.com/api/greenhouse/{path}");
        assert!(
            section.contains(&format!("data-copy=\"{address}\"")),
            "{section}"
        );
    }
    let obstacle = "Greenhouse calls only https addresses.";
    assert!(!section.contains(obstacle));
    let stage = Stage::empty_at("http://assess.example.com").await;
    stage.save("/assessments", "/assessments/set-up", &[]).await;
    assert!(
        stage
            .get("/assessments")
            .await
            .section("addresses")
            .contains(obstacle)
    );
}

#[tokio::test]
async fn the_steps_tick_themselves() {
    let stage = ready().await;
    assert_eq!(
        ticked(&stage.get("/assessments").await),
        Vec::<String>::new()
    );
    let key = stage.post("/assessments/keys", &[]).await.secret().unwrap();
    assert_eq!(ticked(&stage.get("/assessments").await), ["key"]);
    credential(&stage, "a-single-key-1", "").await;
    assert_eq!(
        ticked(&stage.get("/assessments").await),
        ["key", "credential"]
    );
    assert_eq!(stage.send_test(&key).await, 200);
    let page = stage.get("/assessments").await;
    let sent = [
        "key",
        "register",
        "hand-over",
        "credential",
        "stage",
        "test",
        "send",
    ];
    assert_eq!(ticked(&page), sent);
    assert!(
        page.section("steps")
            .contains("Add a stage transition rule")
    );

    texts! { fn accepted() = "Greenhouse accepted the completion notice."; }
    for (status, is_ticked) in [(LogStatus::Failed, false), (LogStatus::Done, true)] {
        let (direction, subject) = (Direction::ToGreenhouse, LogSubject::Notice);
        let now = stage.integration.ports().clock().now();
        let mut changes = Changes::none();
        changes
            .log
            .push(LogEntry::new(now, direction, subject, status, accepted()));
        let store = stage.integration.ports().store();
        let _ = store.apply(&stage.account, changes).await.unwrap();
        let ticked = ticked(&stage.get("/assessments").await);
        assert_eq!(ticked.iter().any(|step| step == "completion"), is_ticked);
    }
}

/// Many newer pushes do not hide a completion notice, also an old one in a log with few entries.
#[tokio::test]
async fn a_completion_is_proven_by_the_whole_log() {
    for (days, newer, is_ticked) in [(1, 300, true), (200, 5, true), (200, 300, false)] {
        let stage = ready().await;
        let now = stage.integration.ports().clock().now();
        let mut notice = entry(now - TimeDelta::days(days), LogStatus::Done);
        notice.subject = LogSubject::Notice;
        let mut entries = vec![notice];
        entries.extend((0..newer).map(|_| entry(now, LogStatus::Done)));
        seed(&stage, entries).await;
        let ticked = ticked(&stage.get("/assessments").await);
        let is_proven = ticked.iter().any(|step| step == "completion");
        assert_eq!(is_proven, is_ticked, "{days} days ago, {newer} newer");
    }
}

#[tokio::test]
async fn ids_are_unique_and_references_lead_to_them() {
    let stage = ready().await;
    stage.with_key().await;
    stage.save("/push", "/push/sync/set-up", &[]).await;
    let keep = [("keep_beside_generated", "true")];
    let rotated = stage.save("/push", "/push/sync/generate", &keep).await;
    let refused = thresholds(&stage, ["40", "60", "50", "10"]).await;
    let minted = stage.post("/assessments/keys", &[]).await;
    for page in [stage.get("/assessments").await, refused, minted, rotated] {
        let ids = attributes(&page.body, "id");
        let mut unique = ids.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), ids.len(), "{ids:?}");
        for name in ["for", "aria-describedby", "aria-labelledby"] {
            let references = attributes(&page.body, name);
            for id in references.iter().flat_map(|ids| ids.split(' ')) {
                assert!(ids.contains(&id), "{name} {id}");
            }
        }
        assert!(!page.body.contains(" style=") && !page.body.contains(" onclick="));
    }
}

pub(crate) async fn ready() -> Stage {
    let stage = Stage::empty().await;
    stage.save("/assessments", "/assessments/set-up", &[]).await;
    stage
}

async fn thresholds(stage: &Stage, values: [&str; 4]) -> Shown {
    let names = ["strong_yes", "yes", "mixed", "no"].map(|name| format!("thresholds.{name}"));
    let fields: Vec<_> = names.iter().map(String::as_str).zip(values).collect();
    stage
        .save("/assessments", "/assessments/thresholds", &fields)
        .await
}

async fn credential(stage: &Stage, user: &str, password: &str) -> Shown {
    let fields = [("completion.user", user), ("completion.password", password)];
    stage
        .save("/assessments", "/assessments/completion", &fields)
        .await
}

/// Names of the steps that are marked as done.
fn ticked(page: &Shown) -> Vec<String> {
    let section = page.section("steps");
    let steps = section.split("data-step=\"").skip(1);
    let done = steps.filter(|step| step.contains("Done</span>"));
    done.map(|step| step.split('"').next().unwrap().to_owned())
        .collect()
}

/// The tag of an input, from its name on.
pub(crate) fn input(page: &Shown, name: &str) -> String {
    page.part(&format!(" name=\"{name}\""), ">")
}

/// Values of all attributes of this name.
fn attributes<'a>(markup: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    let found = markup.split(start.as_str()).skip(1);
    found.filter_map(|rest| rest.split('"').next()).collect()
}
