//! Health findings and their fixes.

use chrono::TimeDelta;
use greenhouse_core::{
    ApplicationId, AssessmentId, CandidateId,
    health::CheckState::{Problem, Warning},
    platform::Outcome,
    store::{
        Changes, Direction, Link, LogEntry, LogStatus, LogSubject, PersonKey, Push, PushOrigin,
        Task, Write,
    },
};
use serde_json::{Value, json};
use server::settings::SettingsOf;

use super::{
    Done, Row,
    account_rows::damage,
    fake::Altered,
    host_rows::restore,
    scene::{Scene, ago},
};

pub(super) const ROWS: &[Row] = &[
    Row {
        about: "partner_key",
        level: Problem,
        told: "No partner key is valid",
        remedy: "keys partner mint acme",
        wrong: |scene| {
            Box::pin(async {
                scene
                    .account
                    .assessments
                    .as_mut()
                    .unwrap()
                    .partner_keys
                    .clear();
                scene.apply().await;
            })
        },
        right: |scene| {
            Box::pin(async { drop(scene.run_command(&["keys", "partner", "mint", "acme"])) })
        },
        besides: &[],
    },
    Row {
        about: "completion_credential",
        level: Warning,
        told: "No completion credential",
        remedy: "settings set acme --of assessments",
        wrong: |scene| complete_with(scene, Value::Null),
        right: |scene| {
            complete_with(
                scene,
                json!({"user": "canary-user", "password": "canary-password"}),
            )
        },
        besides: &[],
    },
    Row {
        about: "problems",
        level: Warning,
        told: "1 problem in the last day",
        remedy: "Review the failed entries",
        wrong: |scene| Box::pin(async { report_problem(scene, TimeDelta::zero()).await }),
        // The log entry stays, and the finding lasts for a day.
        right: |scene| Box::pin(async { scene.clock.set(25 * 60 * 60) }),
        besides: &["clock"],
    },
    Row {
        about: "webhooks",
        level: Warning,
        told: "No webhook has been received yet",
        remedy: "accounts set-up acme",
        wrong: |scene| Box::pin(async { scene.sql(UNHEARD).await }),
        right: |scene| Box::pin(async { scene.ping().await }),
        besides: &[],
    },
    Row {
        about: "webhooks",
        level: Warning,
        told: "No webhook has been received since",
        remedy: "Save a webhook to send a ping",
        wrong: |scene| Box::pin(push_a_month_ago(scene)),
        right: |scene| Box::pin(async { scene.ping().await }),
        besides: &[],
    },
    Row {
        about: "comparison",
        level: Warning,
        told: "has been overdue since",
        remedy: "serve` to process these tasks",
        wrong: |scene| wait_since(scene, vec![Task::Reconcile { after: None }], 120),
        right: serve,
        besides: &[],
    },
    Row {
        about: "backlog",
        level: Warning,
        told: "1000 outcomes for the product",
        remedy: "serve` to process these tasks",
        wrong: |scene| wait_since(scene, (0..1000).map(outcome).collect(), 20),
        right: serve,
        // The product does not have these assessments.
        besides: &["problems"],
    },
    Row {
        about: "push_backlog",
        level: Warning,
        told: "1 push is waiting or running. The oldest has been waiting since",
        remedy: "serve` to process these tasks",
        wrong: |scene| {
            let assessment = AssessmentId::new("as-1");
            wait_since(scene, vec![Task::Push { assessment }], 20)
        },
        right: serve,
        besides: &[],
    },
    Row {
        about: "push_look_back",
        level: Warning,
        told: "waiting for a check of earlier webhooks",
        remedy: "serve` to process these tasks",
        wrong: |scene| {
            let work =
                Task::replay_ignored(&AssessmentId::new("as-1"), ago(TimeDelta::minutes(21)));
            wait_since(scene, vec![work], 20)
        },
        right: serve,
        besides: &[],
    },
    Row {
        about: "push",
        level: Problem,
        told: "The database failed",
        remedy: "Check the database",
        wrong: |scene| damage(scene, "ALTER TABLE due_work RENAME TO gone"),
        right: restore,
        besides: &[],
    },
    Row {
        about: "store",
        level: Problem,
        told: "The health checks could not run",
        remedy: "Check the database",
        wrong: |scene| damage(scene, "ALTER TABLE due_work RENAME TO gone"),
        right: restore,
        besides: &[],
    },
    Row {
        about: "harvest_scopes",
        level: Warning,
        told: "did not report which scopes",
        remedy: "Under Manage Scopes, check",
        wrong: |scene| Box::pin(async { scene.transport.alter(Altered::Scopes) }),
        right: |scene| Box::pin(async { scene.transport.alter(Altered::Nothing) }),
        besides: &[],
    },
    Row {
        about: "acting_user",
        level: Warning,
        told: "could not be checked",
        remedy: "harvest:users:list",
        wrong: |scene| withhold(scene, "harvest:users:list", true),
        right: |scene| withhold(scene, "harvest:users:list", false),
        besides: &[],
    },
    Row {
        about: "mapped_jobs",
        level: Warning,
        told: "No job is mapped yet",
        remedy: "settings set acme --of push",
        wrong: |scene| {
            Box::pin(async {
                scene.account.push.as_mut().unwrap().jobs.clear();
                scene.apply().await;
            })
        },
        right: |scene| {
            Box::pin(async {
                let jobs = json!({"account-executive": {"job": scene.job.job_id}});
                scene.set_member(SettingsOf::Push, "jobs", jobs).await;
            })
        },
        besides: &[],
    },
    Row {
        about: "mapped_jobs",
        level: Problem,
        told: "could not be read",
        remedy: "harvest:job_interview_stages:list",
        wrong: |scene| withhold(scene, "harvest:job_interview_stages:list", true),
        right: |scene| withhold(scene, "harvest:job_interview_stages:list", false),
        besides: &[],
    },
];

fn complete_with(scene: &mut Scene, completion: Value) -> Done<'_> {
    Box::pin(async move {
        let of = SettingsOf::Assessments;
        scene.set_member(of, "completion", completion).await;
    })
}

fn withhold<'a>(scene: &'a mut Scene, scope: &'static str, withheld: bool) -> Done<'a> {
    Box::pin(async move { scene.greenhouse.withhold_scope(scope, withheld) })
}

fn serve(scene: &mut Scene) -> Done<'_> {
    Box::pin(async { scene.serve().await })
}

fn wait_since(scene: &mut Scene, works: Vec<Task>, minutes: i64) -> Done<'_> {
    Box::pin(async move { scene.due(works, TimeDelta::minutes(minutes)).await })
}

fn outcome(number: u64) -> Task {
    Task::NotifyProduct {
        assessment: AssessmentId::new(format!("as-{number}")),
        outcome: Outcome::Hired,
        revision: 1,
    }
}

async fn report_problem(scene: &Scene, since: TimeDelta) {
    let mut changes = Changes::none();
    changes.log.push(LogEntry::new(
        ago(since),
        Direction::FromGreenhouse,
        LogSubject::Problem,
        LogStatus::Failed,
        greenhouse_core::Text::new("test", "Greenhouse reported a problem."),
    ));
    scene.store(changes).await;
}

/// Adds a push from a month ago, with no deliveries since then.
async fn push_a_month_ago(scene: &mut Scene) {
    let assessment = AssessmentId::new("as-1");
    let key = PersonKey::of_email(&scene.account.id, "canary@example.org");
    let month = ago(TimeDelta::days(30));
    let mut changes = Changes::none();
    let link = Link::new(
        assessment.clone(),
        CandidateId::new(1),
        ApplicationId::new(2),
        None,
    );
    changes.links.push(Write::Put(link));
    let push = Push::new(assessment, key, PushOrigin::Trigger, month);
    changes.pushes.push(Write::Put(push));
    scene.store(changes).await;
    let micros = month.timestamp_micros();
    let long_ago = format!(
        "UPDATE deliveries SET received_at = {micros}; UPDATE last_seen SET seen_at = {micros}"
    );
    scene.sql(&long_ago).await;
}

const UNHEARD: &str = "DELETE FROM last_seen; DELETE FROM deliveries";
