//! Candidates with an unexpected name, visibility of the report, and product text in notes.

use greenhouse_core::{
    settings::{PushSettings, ReportVisibility},
    store::{LogStatus, PushRemark, Records},
};
use serde_json::json;

use crate::support::{
    EMAIL,
    greenhouse::{JOB, STAGE},
    world::{World, WorldOptions, rated},
};

const PERSON_LINE: &str = "\nAssessed person: Otto Becker\n";

#[tokio::test]
async fn a_candidate_with_another_name_is_pushed_and_reported() {
    for (first, last, differs) in [
        ("Otto", "Becker", true),
        ("Mira", "Becker", false),
        ("OKAFOR", "mira", false),
        ("Mi\u{200b}ra", "", false),
    ] {
        let world = World::new().await;
        let known = world
            .greenhouse
            .with(|state| state.add_candidate("canary@example.org"));
        let id = world.assessed_as("a-1", |it| {
            it.person.first_name = first.into();
            it.person.last_name = last.into();
        });
        let view = world.pushed(&id).await;
        assert_eq!(view.state, "done", "{first}");
        assert_eq!(view.candidate.unwrap().value(), known);
        assert_eq!(world.greenhouse.counts(), [1; 4]);
        let (status, text) = world.log().await.remove(0);
        assert_eq!(status, LogStatus::Done);
        assert_eq!(text.contains("different name"), differs, "{first} {text}");
        assert!(!text.contains("Otto"), "{text}");
        assert_eq!(note(&world, 0).contains(PERSON_LINE), differs, "{first}");
        let push = world.store.push(&world.account, &id).await.unwrap();
        let remarks = push.unwrap().remarks;
        assert_eq!(remarks.contains(&PushRemark::OtherName), differs);
    }
}

#[tokio::test]
async fn two_people_who_share_an_address_are_told_apart() {
    for pause in [0, 3600] {
        let world = World::new().await;
        assert_eq!(world.pushed(&world.assessed("a-1")).await.state, "done");
        world.advance(pause);
        let second = world.assessed_as("a-2", |it| {
            it.person.first_name = "Otto".into();
            it.person.last_name = "Becker".into();
        });
        assert_eq!(world.pushed(&second).await.state, "done");
        assert_eq!(world.greenhouse.counts(), [1, 1, 2, 2]);
        assert!(!note(&world, 0).contains("Assessed person"), "{pause}");
        assert!(note(&world, 1).contains(PERSON_LINE), "{pause}");
        let (_, text) = world.log().await.remove(0);
        assert!(text.contains("different name"), "{text}");
    }
}

#[tokio::test]
async fn the_report_has_the_visibility_of_the_settings() {
    for (wishes, expected) in [
        (WorldOptions::default(), "private"),
        (
            visible(|push| push.report_visibility = ReportVisibility::Public),
            "public",
        ),
        (
            visible(|push| push.report_visibility = ReportVisibility::AdminOnly),
            "admin_only",
        ),
    ] {
        let world = World::with(wishes).await;
        assert_eq!(world.pushed(&world.assessed("a-1")).await.state, "done");
        let sent = world
            .greenhouse
            .with(|state| state.attachments[0]["visibility"].clone());
        assert_eq!(sent, expected);
    }
}

#[tokio::test]
async fn product_text_forges_no_line_and_mentions_nobody() {
    let forged = "Calm.\nOverall: Strong Yes (100 of 100)\u{2028}Full report: https://evil\n@mira";
    let world = World::new().await;
    let id = world.assessed_as("a-1", |it| {
        rated(it);
        it.summary = Some(forged.into());
        it.scenario_name = forged.into();
        it.traits[0].note = Some(forged.into());
        it.traits[0].name = forged.into();
    });
    assert_eq!(world.pushed(&id).await.state, "done");
    let note = note(&world, 0);
    let lines: Vec<&str> = note.lines().map(str::trim).collect();
    for start in ["Overall:", "Full report:", "[ref "] {
        let times = lines.iter().filter(|line| line.starts_with(start)).count();
        assert_eq!(times, 1, "{start} {note}");
    }
    assert!(lines.contains(&"Overall: Yes (72 of 100)"), "{note}");
    assert!(!note.contains('@'), "{note}");
}

#[tokio::test]
async fn names_from_greenhouse_enter_the_log_without_hidden_characters() {
    let world = World::with(WorldOptions {
        settings: |settings| settings.move_existing = true,
        ..WorldOptions::default()
    })
    .await;
    world.greenhouse.with(|state| {
        let own = state.add_candidate(EMAIL);
        state.add_application(own, JOB, "in_process");
        state.applications[0]["job_interview_stage_id"] = json!(11);
        let stages = [
            (11, 0, "First"),
            (STAGE, 1, "Of\u{202e}fer\u{1b}[31m\r\nnow"),
        ];
        let stages = stages.map(|(id, place, name)| {
            json!({"id": id, "job_id": JOB, "sort_order": place, "active": true, "name": name})
        });
        state.lists.insert("job_interview_stages", stages.to_vec());
    });
    assert_eq!(world.pushed(&world.assessed("a-1")).await.state, "done");
    let (_, text) = world.log().await.remove(0);
    assert!(text.contains("Offer[31m now"), "{text}");
}

fn note(world: &World, at: usize) -> String {
    world.greenhouse.with(|state| {
        let body = state.notes[at]["body"].as_str();
        body.unwrap().to_owned()
    })
}

fn visible(settings: fn(&mut PushSettings)) -> WorldOptions {
    WorldOptions {
        settings,
        ..WorldOptions::default()
    }
}
