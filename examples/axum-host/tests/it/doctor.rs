//! Every doctor finding: each test creates a problem, checks that it is reported, applies its
//! remedy, and checks that it is no longer reported.

mod account_rows;
mod fake;
mod health_rows;
mod host_rows;
mod notice_row;
mod partner_app;
#[path = "../shared/push_cases.rs"]
mod push_cases;
mod sandbox;
mod scene;
mod settings_rows;
mod sites;
mod typed;

use std::{future::Future, pin::Pin};

use greenhouse_core::{health::CheckState, testing::Sample};
use server::doctor::{self, CODES, Report};
use tokio::{sync::Semaphore, task::JoinSet};

use self::scene::Scene;

/// A problem, the finding that reports it, and the fix that the remedy describes.
pub(super) struct Row {
    pub(super) about: &'static str,
    pub(super) level: CheckState,
    /// Expected part of the finding's text.
    pub(super) told: &'static str,
    /// Expected part of the remedy.
    pub(super) remedy: &'static str,
    pub(super) wrong: Step,
    pub(super) right: Step,
    /// Findings that remain after the fix, because a row fixes only its own problem.
    pub(super) besides: &'static [&'static str],
}

pub(super) type Step = for<'a> fn(&'a mut Scene) -> Done<'a>;
pub(super) type Done<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

pub(super) fn rows() -> impl Iterator<Item = &'static Row> {
    [
        // The slowest rows come first.
        health_rows::ROWS,
        host_rows::ROWS,
        account_rows::ROWS,
        notice_row::ROWS,
        partner_app::ROWS,
        settings_rows::LOCAL,
        settings_rows::FORBIDDEN,
    ]
    .into_iter()
    .flatten()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_problem_is_reported_and_its_remedy_works() {
    static AT_ONCE: Semaphore = Semaphore::const_new(6);
    let mut running = JoinSet::new();
    for row in Sample::from_env().draw("problems", rows().collect(), SAMPLE) {
        running.spawn(async move {
            let _turn = AT_ONCE.acquire().await.unwrap();
            let mut scene = Scene::set().await;
            (row.wrong)(&mut scene).await;
            let report = scene.examine().await;
            must_have(&report, row);
            (row.right)(&mut scene).await;
            let report = scene.examine().await;
            must_be_well(&report, row.besides, row.about);
            scene.strike().await;
        });
    }
    all_done(running).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_problem_of_push_settings_is_reported_and_its_remedy_works() {
    static AT_ONCE: Semaphore = Semaphore::const_new(6);
    let mut running = JoinSet::new();
    let cases = push_cases::CASES.iter().collect();
    for case in Sample::from_env().draw("problems of push settings", cases, SAMPLE) {
        running.spawn(async move {
            let _turn = AT_ONCE.acquire().await.unwrap();
            settings_rows::play(case).await;
        });
    }
    all_done(running).await;
}

/// On a working host, the doctor finds nothing and changes nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_working_host_has_no_findings_and_is_not_changed() {
    let scene = Scene::set().await;
    let before = scene.files();
    let report = scene.examine().await;
    must_be_well(&report, &[], "all");
    assert!(
        report
            .text(false)
            .to_string()
            .starts_with("all checks passed (")
    );
    for about in [
        "clock",
        "harvest_credential",
        "webhooks",
        "mapped_job:account-executive",
    ] {
        let mut found = report.findings.iter();
        assert!(
            found.any(|finding| finding.about == about),
            "{about}: {report:?}"
        );
    }
    assert!(scene.files() == before, "a file was changed");
    scene.strike().await;
}

/// An embedding program can create a configuration that no file contains.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn services_that_cannot_be_built_are_a_finding() {
    let scene = Scene::set().await;
    let mut config = scene.config();
    config.push.at_once = 0;
    let report = doctor::examine(Ok(config), &scene.outside(), None).await;
    let mut found = report.findings.iter();
    let finding = found.find(|finding| finding.about == "services").unwrap();
    assert_eq!(finding.level, CheckState::Problem);
    assert!(finding.text.contains("push.at_once"), "{finding:?}");
    scene.strike().await;
}

/// Every finding requires a row in one of the tables.
#[test]
fn every_finding_of_the_doctor_has_a_row() {
    for about in CODES {
        let is_elsewhere = ELSEWHERE.contains(about);
        let has_row = rows().any(|row| row.about == *about);
        assert!(has_row != is_elsewhere, "{about} must have exactly one row");
    }
}

/// Waits for all rows and reports every failed one.
async fn all_done(mut running: JoinSet<()>) {
    let mut failed = Vec::new();
    while let Some(done) = running.join_next().await {
        failed.extend(done.err());
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

fn must_have(report: &Report, row: &Row) {
    let Row {
        about,
        told,
        remedy,
        level,
        ..
    } = row;
    let mut found = report.findings.iter();
    let finding = found.find(|finding| finding.about == *about && finding.text.contains(told));
    let finding = finding.unwrap_or_else(|| panic!("{about}: {told}: {report:#?}"));
    assert_eq!(finding.level, *level, "{about}: {finding:?}");
    let has_remedy = finding
        .remedy
        .as_ref()
        .is_some_and(|text| text.contains(remedy));
    assert!(has_remedy, "{about}: {finding:?}");
    must_have_help(report);
    must_be_clean(report);
}

/// Each finding that is not a successful check refers to a paragraph of the help.
fn must_have_help(report: &Report) {
    for finding in &report.findings {
        let help = finding.help.as_deref();
        assert_eq!(help.is_some(), finding.level > CheckState::Ok);
        let code = help.map(|help| help.strip_prefix("troubleshooting.md#").unwrap());
        let has_paragraph = code.is_none_or(|code| HELP.contains(&format!("<a id=\"{code}\">")));
        assert!(has_paragraph, "{finding:?}");
    }
}

fn must_be_well(report: &Report, besides: &[&str], about: &str) {
    for finding in &report.findings {
        let expected = besides.contains(&&*finding.about) && finding.about != about;
        assert!(
            finding.level == CheckState::Ok || expected,
            "{about}: {finding:#?}"
        );
    }
    must_be_clean(report);
}

/// Asserts that the report contains no secrets or personal data, all of which contain this word in
/// the scene.
fn must_be_clean(report: &Report) {
    for text in [report.text(true).to_string(), report.json().to_string()] {
        assert!(!text.to_lowercase().contains("canary"), "{text}");
    }
}

/// Findings covered by other tests: `tests/acceptance` on PostgreSQL, which has its own clock,
/// `tests/full_disk`, and a test in this file, because no configuration file has this problem.
const HELP: &str = include_str!("../../../server/docs/troubleshooting.md");
const ELSEWHERE: &[&str] = &["database_clock", "database_disk", "services"];
/// Number of cases without `ACCEPTANCE=full`.
const SAMPLE: usize = 12;
