use std::time::Duration;

use greenhouse_core::{
    AssessmentId, Clock as _, InvitationId, ProductJobId, ScenarioId, SystemClock, earlier,
    platform::{Assessment, AssessmentState, Person},
    scorecard::Score,
};
use serde_json::{Value, json};

use crate::{
    form_fields::{of_section, pairs, problems_at, set},
    scorecard::stored,
    stage::Stage,
};

async fn form(stage: &Stage) -> Vec<(String, String)> {
    of_section(&stage.get("/push").await.body, "triggers")
}

/// Adds an assessment that was completed an hour ago.
fn completed(stage: &Stage, id: &str, score: Option<f64>, is_invited: bool) {
    let now = SystemClock.now();
    let assessment = Assessment {
        id: AssessmentId::new(id),
        scenario: ScenarioId::new("case-study"),
        scenario_name: "Case study".to_owned(),
        job: Some(ProductJobId::new("sales")),
        person: Person {
            first_name: "Mira".to_owned(),
            last_name: "Okafor".to_owned(),
            email: Some(format!("{id}@example.org")),
        },
        state: AssessmentState::Completed,
        score: score.map(|score| Score::new(score).unwrap()),
        traits: Vec::new(),
        summary: None,
        started_at: None,
        completed_at: Some(earlier(now, Duration::from_secs(3600))),
        invitation: is_invited.then(|| InvitationId::new("inv-1")),
        metadata: Default::default(),
    };
    stage.product.put(&stage.account, assessment);
}

#[tokio::test]
async fn each_trigger_is_saved_and_shown() {
    let stage = Stage::set_up().await;
    let before = stored(&stage).await["settings"].clone();
    for (kind, minimum, inclusive, expected) in [
        ("on_complete", "70", false, json!({"kind": "on_complete"})),
        (
            "on_score",
            "72.5",
            true,
            json!({"kind": "on_score", "minimum": 72.5, "inclusive": true}),
        ),
        (
            "on_score",
            "100",
            false,
            json!({"kind": "on_score", "minimum": 100, "inclusive": false}),
        ),
        ("manual", "many", true, json!({"kind": "manual"})),
    ] {
        let mut form = form(&stage).await;
        form.retain(|(name, _)| name != "trigger.inclusive");
        set(&mut form, "trigger.kind", kind);
        set(&mut form, "trigger.minimum", minimum);
        if inclusive {
            set(&mut form, "trigger.inclusive", "true");
        }
        let saved = stage.post("/push/triggers", &pairs(&form)).await;
        let address = "/mounted/push?saved=triggers#triggers";
        assert_eq!(
            (saved.status, saved.location.as_deref()),
            (303, Some(address))
        );
        let mut whole = before.clone();
        whole["trigger"] = expected;
        assert_eq!(stored(&stage).await["settings"], whole);
        // The form as the page shows it now changes nothing.
        let form = self::form(&stage).await;
        assert!(form.contains(&("trigger.kind".to_owned(), kind.to_owned())));
        assert_eq!(
            stage.post("/push/triggers", &pairs(&form)).await.status,
            303
        );
        assert_eq!(stored(&stage).await["settings"], whole);
    }
}

#[tokio::test]
async fn an_invalid_trigger_is_refused_at_its_field() {
    let stage = Stage::set_up().await;
    let before = stored(&stage).await;
    for (kind, minimum, id, problem) in [
        (
            "on_score",
            "many",
            "gh-trigger-minimum",
            "Expected a number",
        ),
        ("on_score", "", "gh-trigger-minimum", "Expected a number"),
        (
            "on_score",
            "101",
            "gh-trigger-minimum",
            "xpected a score from 0 to 100, got 101",
        ),
        ("sometimes", "70", "gh-trigger-kind", "xpected"),
    ] {
        let mut form = form(&stage).await;
        set(&mut form, "trigger.kind", kind);
        set(&mut form, "trigger.minimum", minimum);
        let refused = stage.post("/push/triggers", &pairs(&form)).await;
        assert_eq!(refused.status, 422, "{kind} {minimum}");
        let start = refused.body.find(&format!("id=\"{id}-problems\"")).unwrap();
        let shown = &refused.body[start..];
        let shown = &shown[..shown.find("</ul>").unwrap()];
        assert!(shown.contains(problem), "{kind} {minimum}: {shown}");
        let kept = of_section(&refused.body, "triggers");
        assert!(kept.contains(&("trigger.minimum".to_owned(), minimum.to_owned())));
    }
    assert_eq!(stored(&stage).await, before);
}

#[tokio::test]
async fn the_estimates_count_what_each_choice_pushes() {
    let stage = Stage::set_up().await;
    completed(&stage, "high", Some(90.0), false);
    completed(&stage, "exact", Some(70.0), false);
    completed(&stage, "low", Some(69.9), false);
    completed(&stage, "none", None, false);
    completed(&stage, "invited", Some(95.0), true);
    let by_hand = [
        "0 of 5",
        "4 left to push by hand",
        "1 requested by Greenhouse",
    ];
    let all = ["4 of 5", "1 requested by Greenhouse"];
    let query = "trigger.minimum=70&trigger.inclusive=true";
    let shown = stage.get(&format!("/push/triggers/estimate?{query}")).await;
    assert_eq!(shown.status, 200);
    assert!(!shown.body.contains("<html"), "a fragment");
    let rows = rows(&shown.body);
    assert_row(&rows, "Never, only by hand", &by_hand);
    assert_row(&rows, "Each completed assessment", &all);
    let at_least = ["2 of 5", "1 below the minimum", "1 without a score", all[1]];
    assert_row(&rows, "Score of at least 70", &at_least);
    assert!(shown.body.contains("Assessments of the last 30 days"));
    assert!(!shown.body.contains("Not all assessments"));

    // Without the script, the button shows the page with what was typed.
    let before = stored(&stage).await;
    let page = stage.get("/push").await;
    let button = "formaction=\"/mounted/push/triggers/estimate#triggers\"";
    assert!(page.body.contains(button));
    let mut form = of_section(&page.body, "triggers");
    form.retain(|(name, _)| name != "trigger.inclusive");
    set(&mut form, "trigger.kind", "on_score");
    set(&mut form, "trigger.minimum", "70");
    let shown = stage.post("/push/triggers/estimate", &pairs(&form)).await;
    assert_eq!(shown.status, 200);
    let above = ["1 of 5", "2 below the minimum", "1 without a score", all[1]];
    assert_row(&self::rows(&shown.body), "Score above 70", &above);
    assert_eq!(
        of_section(&shown.body, "triggers"),
        form,
        "what was typed is kept"
    );
    assert!(
        !shown.body.contains("data-load=\"/mounted/push/triggers"),
        "counted once"
    );
    assert_eq!(stored(&stage).await, before);

    set(&mut form, "trigger.minimum", "<b>");
    let shown = stage.post("/push/triggers/estimate", &pairs(&form)).await;
    assert_eq!(shown.status, 422);
    let problem = problems_at(&shown.body, "gh-trigger-minimum").unwrap();
    assert!(problem.contains("Score is not a number"), "{problem}");
    let rows = self::rows(&shown.body);
    assert_row(&rows, "Each completed assessment", &all);
    assert!(!shown.body.contains("<b>"));
}

/// Rows of the table of the estimates.
fn rows(body: &str) -> Vec<&str> {
    let table = &body[body.find("<table class=\"gh-estimates\"").unwrap()..];
    let table = &table[..table.find("</table>").unwrap()];
    table.split("<tr>").skip(2).collect()
}

/// Asserts that the row of a choice contains these texts and no other reason.
fn assert_row(rows: &[&str], choice: &str, texts: &[&str]) {
    let head = format!("<th scope=\"row\">{choice}</th>");
    let row = rows.iter().find(|row| row.starts_with(&head));
    let row = row.unwrap_or_else(|| panic!("{choice}: {rows:?}"));
    for text in texts {
        assert!(row.contains(text), "{choice} {text}: {row}");
    }
    assert_eq!(row.matches("<li>").count(), texts.len() - 1, "{row}");
}

#[tokio::test]
async fn the_script_loads_the_estimates_of_the_stored_minimum() {
    let stage = Stage::set_up().await;
    let address = "data-load=\"/mounted/push/triggers/estimate?";
    let page = stage.get("/push").await;
    let proposed = format!("{address}trigger.minimum=60&amp;trigger.inclusive=true\"");
    assert!(page.body.contains(&proposed), "the bound for Yes");
    let mut form = of_section(&page.body, "triggers");
    form.retain(|(name, _)| name != "trigger.inclusive");
    set(&mut form, "trigger.kind", "on_score");
    set(&mut form, "trigger.minimum", "80");
    stage.post("/push/triggers", &pairs(&form)).await;
    let page = stage.get("/push").await;
    assert!(
        page.body
            .contains(&format!("{address}trigger.minimum=80\""))
    );
    let shown = stage
        .get("/push/triggers/estimate?trigger.minimum=80")
        .await;
    assert_row(&rows(&shown.body), "Each completed assessment", &["0 of 0"]);
}

#[tokio::test]
async fn the_reason_is_shown_if_nothing_can_be_counted() {
    let stage = Stage::set_up().await;
    let path = "/push/triggers/estimate?trigger.minimum=60";
    stage.product.set_cannot_list(true);
    let shown = stage.get(path).await;
    assert_eq!(shown.status, 200);
    let reason = "The product cannot list its completed assessments, so they cannot be counted.";
    assert!(shown.body.contains(reason), "{}", shown.body);
    let form = form(&stage).await;
    let page = stage.post("/push/triggers/estimate", &pairs(&form)).await;
    assert!(page.status == 200 && page.body.contains(reason));
    stage.product.set_cannot_list(false);
    stage.product.set_down(true);
    let shown = stage.get(path).await;
    assert!(
        shown
            .body
            .contains("The product did not respond; try again."),
        "{}",
        shown.body
    );
}

#[tokio::test]
async fn a_stale_trigger_is_kept_and_saves_nothing() {
    let stage = Stage::set_up().await;
    let mut form = form(&stage).await;
    let mut other = form.clone();
    set(&mut other, "trigger.kind", "on_complete");
    stage.post("/push/triggers", &pairs(&other)).await;
    let now = stored(&stage).await;
    set(&mut form, "trigger.kind", "on_score");
    for path in ["/push/triggers", "/push/triggers/estimate"] {
        let stale = stage.post(path, &pairs(&form)).await;
        assert_eq!(stale.status, 409, "{path}");
        assert!(stale.body.contains("href=\"/mounted/push#triggers\""));
        let kept = of_section(&stale.body, "triggers");
        assert!(kept.contains(&("trigger.kind".to_owned(), "on_score".to_owned())));
        assert_eq!(stored(&stage).await, now, "{path}");
    }
}

#[tokio::test]
async fn triggers_are_locked_without_a_mapped_job() {
    let stage = Stage::empty().await;
    let page = stage.get("/push").await;
    assert!(of_section(&page.body, "triggers").is_empty());
    assert_eq!(stored(&stage).await["settings"], Value::Null);
}

#[tokio::test]
async fn what_happens_on_failure_is_said() {
    let stage = Stage::set_up().await;
    let page = stage.get("/push").await;
    assert!(
        page.body
            .contains("A failed push is never retried automatically")
    );
    assert!(page.body.contains("href=\"/mounted/activity\""));
}
