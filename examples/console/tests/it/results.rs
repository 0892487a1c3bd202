use serde_json::{Value, json};

use crate::{
    form_fields::{of_section, pairs, problems_at, set},
    scorecard::stored,
    stage::Stage,
};

async fn form(stage: &Stage) -> Vec<(String, String)> {
    of_section(&stage.get("/push").await.body, "results")
}

/// Submits the form with these values, and returns the settings before and after.
async fn submitted(stage: &Stage, values: &[(&str, &str)]) -> (Value, Value) {
    let before = stored(stage).await["settings"].clone();
    let mut form = form(stage).await;
    for (name, value) in values {
        set(&mut form, name, value);
    }
    let saved = stage.post("/push/results", &pairs(&form)).await;
    let address = "/mounted/push?saved=results#results";
    assert_eq!(saved.location.as_deref(), Some(address), "{}", saved.body);
    (before, stored(stage).await["settings"].clone())
}

#[tokio::test]
async fn results_and_rules_are_saved_and_shown_and_nothing_else_changes() {
    let stage = Stage::set_up().await;
    let reason = stage.greenhouse.rejection_reason();
    let (mut before, after) = submitted(
        &stage,
        &[
            ("invited_results", "true"),
            ("rules.mode", "dry_run"),
            ("rules.reject.below", "score"),
            ("rules.reject.score", "32.5"),
            ("rules.reject.reason", &reason.to_string()),
            ("rules.reject.email.template", "31"),
            ("rules.reject.email.after_hours", "24"),
            ("rules.daily_limit", "7"),
        ],
    )
    .await;
    before["invited_results"] = json!(true);
    before["rules"] = json!({
        "mode": "dry_run",
        "advance": null,
        "reject": {
            "below": {"score": 32.5}, "reason": reason, "email": {"template": 31, "after_hours": 24},
        },
        "daily_limit": 7,
    });
    assert_eq!(after, before);

    // The form as the page shows it now changes nothing.
    let (before, after) = submitted(&stage, &[]).await;
    assert_eq!(after, before);

    let (_, after) = submitted(
        &stage,
        &[
            ("rules.mode", "off"),
            ("rules.reject.below", "mixed"),
            ("rules.reject.email.template", ""),
            ("rules.advance.from", "definitely_yes"),
        ],
    )
    .await;
    let rules = json!({
        "mode": "off",
        "advance": {"from": {"recommendation": "definitely_yes"}},
        "reject": {"below": {"recommendation": "mixed"}, "reason": reason, "email": null},
        "daily_limit": 7,
    });
    assert_eq!(after["rules"], rules);
}

#[tokio::test]
async fn a_problem_of_a_rule_is_shown_at_its_field() {
    let stage = Stage::set_up().await;
    let before = stored(&stage).await;
    let reason = stage.greenhouse.rejection_reason().to_string();
    for (values, id, problem) in [
        (
            vec![
                ("rules.advance.from", "score"),
                ("rules.advance.score", "101"),
            ],
            "gh-rules-advance-score",
            "xpected a score from 0 to 100, got 101",
        ),
        (
            vec![
                ("rules.advance.from", "score"),
                ("rules.advance.score", "many"),
            ],
            "gh-rules-advance-score",
            "xpected",
        ),
        (
            vec![("rules.advance.from", "yes"), ("rules.mode", "on")],
            "gh-rules-advance-from",
            "No mapped job has a stage",
        ),
        (
            vec![
                ("rules.reject.below", "no"),
                ("rules.reject.reason", "12"),
                ("rules.mode", "on"),
            ],
            "gh-rules-reject-reason",
            "no rejection reason 12",
        ),
        (
            vec![("rules.reject.below", "no"), ("rules.reject.reason", "")],
            "gh-rules-reject-reason",
            "xpected",
        ),
        (
            vec![
                ("rules.reject.below", "no"),
                ("rules.reject.reason", &reason),
                ("rules.reject.email.template", "x"),
            ],
            "gh-rules-reject-email-template",
            "xpected",
        ),
        (
            vec![("rules.daily_limit", "-1")],
            "gh-rules-daily_limit",
            "xpected",
        ),
    ] {
        let mut form = form(&stage).await;
        for (name, value) in &values {
            set(&mut form, name, value);
        }
        let refused = stage.post("/push/results", &pairs(&form)).await;
        assert_eq!(refused.status, 422, "{values:?}");
        let shown =
            problems_at(&refused.body, id).unwrap_or_else(|| panic!("{id}: {}", refused.body));
        assert!(shown.contains(problem), "{values:?}: {shown}");
        // What was typed is kept.
        let kept = of_section(&refused.body, "results");
        for (name, value) in values {
            assert!(
                kept.contains(&(name.to_owned(), value.to_owned())),
                "{name}"
            );
        }
        assert_eq!(stored(&stage).await, before);
    }
}

#[tokio::test]
async fn rules_that_overlap_are_refused_above_the_form() {
    let stage = Stage::set_up().await;
    let reason = stage.greenhouse.rejection_reason().to_string();
    let mut form = form(&stage).await;
    for (name, value) in [
        ("rules.mode", "on"),
        ("rules.advance.from", "mixed"),
        ("rules.reject.below", "yes"),
        ("rules.reject.reason", &reason),
    ] {
        set(&mut form, name, value);
    }
    let refused = stage.post("/push/results", &pairs(&form)).await;
    assert_eq!(refused.status, 422);
    let text = "Some scores are high enough for the move and low enough for the rejection.";
    assert!(refused.body.contains(text), "{}", refused.body);
}

#[tokio::test]
async fn a_custom_field_for_the_status_is_chosen() {
    let stage = Stage::set_up().await;
    for (owner, name, kind) in [
        ("application", "Test Status", "short_text"),
        ("application", "Test Day", "date"),
        ("candidate", "Motto", "short_text"),
    ] {
        let seeded = stage.greenhouse.seed_custom_field(owner, name, kind, &[]);
        seeded.unwrap();
    }
    let page = stage.get("/push").await.body;
    let start = page.find("id=\"gh-status_field\"").unwrap();
    let select = &page[start..];
    let select = &select[..select.find("</select>").unwrap()];
    assert!(select.contains("value=\"test_status\""), "{select}");
    assert!(!select.contains("test_day") && !select.contains("motto"));
    let (mut before, after) = submitted(&stage, &[("status_field", "test_status")]).await;
    before["status_field"] = json!("test_status");
    assert_eq!(after, before);
    let (mut before, after) = submitted(&stage, &[("status_field", "")]).await;
    before["status_field"] = json!(null);
    assert_eq!(after, before);
    // The selection does not offer it, so it can only be a form that is out of date.
    let mut form = form(&stage).await;
    set(&mut form, "status_field", "test_day");
    let refused = stage.post("/push/results", &pairs(&form)).await;
    assert_eq!(refused.status, 422);
    let shown = problems_at(&refused.body, "gh-status_field").unwrap();
    assert!(shown.contains("cannot hold this value"), "{shown}");
}

#[tokio::test]
async fn a_reason_is_typed_if_the_list_cannot_be_loaded() {
    let stage = Stage::set_up().await;
    let scope = "harvest:rejection_reasons:list";
    stage.greenhouse.withhold_scope(scope, true);
    let page = stage.get("/push").await;
    let start = page.body.find("id=\"gh-rules-reject-reason\"").unwrap();
    let tag = &page.body[page.body[..start].rfind('<').unwrap()..start];
    assert!(tag.starts_with("<input"), "{tag}");
    assert!(page.body.contains(scope), "the reason is shown");
}
