//! Findings about settings. Findings about the push are fixed in Greenhouse or with `settings set`.

use greenhouse_core::{UserId, health::CheckState::Problem, settings::CompletionCredential};
use serde_json::{Value, json};
use server::settings::SettingsOf;

use super::{
    Done, Row, fake::Altered, must_be_clean, must_be_well, push_cases::Case, scene::Scene,
};

pub(super) async fn play(case: &Case) {
    let mut scene = Scene::set().await;
    let mut settings = scene.push_settings().await;
    (case.wrong)(&scene, &mut settings);
    scene.put_unchecked(&settings).await;
    let report = scene.examine().await;
    let about = format!("push_settings.{}", case.code);
    let mut found = report.findings.iter();
    let finding = found.find(|finding| finding.about == about);
    let finding = finding.unwrap_or_else(|| panic!("{about}: {report:#?}"));
    assert_eq!(finding.level, Problem, "{about}");
    assert!(
        finding.text.starts_with(case.member),
        "{about}: {finding:?}"
    );
    let remedy = finding.remedy.as_deref().unwrap();
    assert!(
        remedy.contains("axum-host settings set acme --of push FILE"),
        "{remedy}"
    );
    let not_well = report
        .findings
        .iter()
        .filter(|finding| finding.level == Problem);
    let lonely = case.code != "credential_refused" && case.code != "acting_user_cannot_see";
    assert!(
        !lonely || not_well.count() == 1,
        "{about}: reported twice: {report:#?}"
    );
    must_be_clean(&report);

    (case.right)(&scene, &mut settings);
    scene
        .change_settings(SettingsOf::Push, |shown| *shown = settings)
        .await;
    must_be_well(&scene.examine().await, &[], &about);
    scene.strike().await;
}

/// Problems that the shared cases do not cover.
pub(super) const FORBIDDEN: &[Row] = &[
    Row {
        about: "push_settings.forbidden",
        level: Problem,
        told: "source: This setting could not be checked",
        remedy: "settings set acme --of push",
        wrong: |scene| {
            Box::pin(async {
                let source = json!(scene.greenhouse.source());
                scene.set_member(SettingsOf::Push, "source", source).await;
                scene.transport.alter(Altered::Forbidden("/v3/sources"));
            })
        },
        right: |scene| {
            Box::pin(async {
                scene
                    .set_member(SettingsOf::Push, "source", Value::Null)
                    .await;
            })
        },
        besides: &[],
    },
    Row {
        about: "push_settings.acting_user_refused",
        level: Problem,
        told: "cannot act as user 12",
        remedy: "Choose an active user",
        wrong: |scene| {
            Box::pin(async {
                scene.greenhouse.withhold_scope("harvest:users:list", true);
                scene.account.push.as_mut().unwrap().acting_user = Some(UserId::new(12));
                scene.apply().await;
            })
        },
        right: |scene| {
            Box::pin(async {
                scene.greenhouse.withhold_scope("harvest:users:list", false);
                let user = json!(scene.greenhouse.site_admin());
                scene
                    .set_member(SettingsOf::Push, "acting_user", user)
                    .await;
            })
        },
        besides: &[],
    },
];

/// Findings about assessment settings. `settings set` refuses these values, but an applied file or
/// an earlier version may have stored them.
pub(super) const LOCAL: &[Row] = &[
    Row {
        about: "assessments_settings.missing",
        level: Problem,
        told: "completion.user: ",
        remedy: "settings set acme --of assessments",
        wrong: |scene| apply_unchecked(scene, "  ", "canary"),
        right: set,
        besides: &[],
    },
    Row {
        about: "assessments_settings.partner_key",
        level: Problem,
        told: "completion: ",
        remedy: "Enter the credential",
        wrong: |scene| apply_unchecked(scene, "gpk_canary-partner-key", ""),
        right: set,
        besides: &[],
    },
    Row {
        about: "assessments_settings.colon",
        level: Problem,
        told: "completion.user: ",
        remedy: "Enter the user name and the password in separate fields",
        wrong: |scene| apply_unchecked(scene, "canary:user", "canary"),
        right: set,
        besides: &[],
    },
    Row {
        about: "assessments_settings.control_character",
        level: Problem,
        told: "completion.password: ",
        remedy: "Copy the value",
        wrong: |scene| apply_unchecked(scene, "canary-user", "canary\n"),
        right: set,
        besides: &[],
    },
];

fn apply_unchecked<'a>(
    scene: &'a mut Scene,
    user: &'static str,
    password: &'static str,
) -> Done<'a> {
    Box::pin(async move {
        let (user, password) = (user.into(), password.into());
        let assessments = scene.account.assessments.as_mut().unwrap();
        assessments.completion = Some(CompletionCredential { user, password });
        scene.apply().await;
    })
}

fn set(scene: &mut Scene) -> Done<'_> {
    Box::pin(async {
        let completion = json!({"user": "canary-user", "password": "canary-password"});
        let of = SettingsOf::Assessments;
        scene.set_member(of, "completion", completion).await;
    })
}
