//! Findings about accounts, and about access to Greenhouse.

use greenhouse_core::{
    AccountId,
    health::CheckState::{Problem, Warning},
    settings::KeyDigest,
};
use mock_greenhouse::{Fault, FaultKind};
use serde_json::json;
use server::settings::SettingsOf;

use super::{
    Row,
    host_rows::restore,
    scene::{Scene, quoted},
};
use crate::terminal::run;

pub(super) const ROWS: &[Row] = &[
    Row {
        about: "accounts",
        level: Problem,
        told: "contains no accounts",
        remedy: "accounts apply",
        wrong: |scene| {
            Box::pin(async {
                let path = quoted(&scene.path("new.sqlite"));
                scene.member("database", path);
                scene.open().await.close().await;
            })
        },
        right: |scene| Box::pin(async { scene.apply().await }),
        // A new account has not received a webhook yet.
        besides: &["webhooks"],
    },
    Row {
        about: "accounts",
        level: Problem,
        told: "cannot be read",
        remedy: "restore a backup",
        wrong: |scene| damage(scene, "ALTER TABLE accounts RENAME TO gone"),
        right: restore,
        besides: &[],
    },
    Row {
        about: "account_unknown",
        level: Problem,
        told: "account does not exist",
        remedy: "accounts apply",
        wrong: |scene| Box::pin(async { scene.only = Some("zenith") }),
        right: |scene| {
            Box::pin(async {
                scene.account.id = AccountId::new("zenith");
                scene.account.operator_tokens = vec![KeyDigest::of("another token")];
                scene.account.assessments = None;
                scene.account.sync = None;
                scene.apply().await;
            })
        },
        besides: &[],
    },
    Row {
        about: "account_unreadable",
        level: Problem,
        told: ". The server does not start.",
        remedy: "Restore the database from a backup",
        wrong: |scene| damage(scene, "UPDATE accounts SET document = '{\"canary\"'"),
        right: restore,
        besides: &[],
    },
    Row {
        about: "settings_unread",
        level: Problem,
        told: "sync settings could not be checked",
        remedy: "restore a backup",
        wrong: |scene| damage(scene, "ALTER TABLE account_keys RENAME TO gone"),
        right: restore,
        besides: &[],
    },
    Row {
        about: "account_time",
        level: Problem,
        told: "within 90 seconds",
        remedy: "Rerun the doctor",
        wrong: |scene| Box::pin(async { scene.clock.skip_waits_from(90) }),
        right: |scene| Box::pin(async { scene.clock.skip_waits_from(u64::MAX) }),
        besides: &[],
    },
    Row {
        about: "default_account",
        level: Problem,
        told: "default account unknown does not exist",
        remedy: "GREENHOUSE_DEFAULT_ACCOUNT",
        wrong: |scene| Box::pin(async { drop(scene.member("default_account", "\"unknown\"")) }),
        right: |scene| Box::pin(async { drop(scene.member("default_account", "\"acme\"")) }),
        besides: &[],
    },
    Row {
        about: "operator_token",
        level: Problem,
        told: "no operator token",
        remedy: "keys operator",
        wrong: |scene| {
            Box::pin(async {
                scene
                    .sql("UPDATE accounts SET operator_tokens = '[]'")
                    .await
            })
        },
        right: |scene| {
            Box::pin(async {
                let said = run(&["keys", "operator"], &[]);
                let digest = said
                    .out
                    .split_whitespace()
                    .find_map(|word| word.parse::<KeyDigest>().ok());
                scene.account.operator_tokens = vec![digest.unwrap()];
                scene.apply().await;
            })
        },
        besides: &[],
    },
    Row {
        about: "directions",
        level: Warning,
        told: "are disabled",
        remedy: "settings set",
        wrong: |scene| Box::pin(switch_all(scene, false)),
        right: |scene| Box::pin(switch_all(scene, true)),
        besides: &[],
    },
    Row {
        about: "directions",
        level: Warning,
        told: "is switched off",
        remedy: "accounts switch-on acme",
        wrong: |scene| {
            Box::pin(async { drop(scene.run_command(&["accounts", "switch-off", "acme"])) })
        },
        right: |scene| {
            Box::pin(async { drop(scene.run_command(&["accounts", "switch-on", "acme"])) })
        },
        besides: &[],
    },
    Row {
        about: "push_unverified",
        level: Problem,
        told: "no response from Greenhouse",
        remedy: "can reach harvest.greenhouse.io",
        wrong: |scene| Box::pin(async { scene.greenhouse.refuse_connections().await }),
        right: |scene| Box::pin(async { scene.greenhouse.accept_connections().await }),
        besides: &[],
    },
    Row {
        about: "push_unverified",
        level: Problem,
        told: "rate limit",
        remedy: "Retry in a minute",
        wrong: |scene| {
            let retry_after_seconds = Some(3600);
            fault(
                scene,
                FaultKind::TooManyRequests {
                    retry_after_seconds,
                },
            )
        },
        right: |scene| Box::pin(async { scene.greenhouse.clear_faults() }),
        besides: &[],
    },
    Row {
        about: "push_unverified",
        level: Problem,
        told: "could not parse the response",
        remedy: "still unexpected, report the problem",
        wrong: |scene| fault(scene, FaultKind::MalformedJson),
        right: |scene| Box::pin(async { scene.greenhouse.clear_faults() }),
        besides: &[],
    },
];

fn fault(scene: &mut Scene, kind: FaultKind) -> super::Done<'_> {
    Box::pin(async move {
        let fault = Fault::new("GET", "/v3/jobs", kind).every();
        scene.greenhouse.add_fault(fault);
    })
}

/// Damages an account, as a bad backup would.
pub(super) fn damage<'a>(scene: &'a mut Scene, sql: &'static str) -> super::Done<'a> {
    Box::pin(async move {
        scene.copy("greenhouse.sqlite", "backup.sqlite");
        scene.sql(sql).await;
    })
}

async fn switch_all(scene: &mut Scene, on: bool) {
    for of in [SettingsOf::Push, SettingsOf::Assessments, SettingsOf::Sync] {
        scene.set_member(of, "enabled", json!(on)).await;
    }
}
