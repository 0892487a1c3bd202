//! How the database finds rows: a scan of a table would grow with it.

use greenhouse_core::store::{Invitation, Link, Push, ReportAccess};
use sqlx::{AssertSqlSafe, Row};

use crate::{
    SqlxStore, deliveries,
    door::{person, record::Columns, work as door_work},
    invitations, links, log, pushes, report_access, work,
};

#[tokio::test]
async fn no_statement_scans_or_sorts_a_table() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plans.db");
    let store = SqlxStore::open(path.to_str().unwrap()).await.unwrap();
    for statement in STATEMENTS {
        let explained = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
        let steps = sqlx::query(explained)
            .fetch_all(&store.writer)
            .await
            .unwrap();
        assert!(!steps.is_empty());
        for step in steps {
            let detail: String = step.get("detail");
            let bad = detail.starts_with("SCAN") || detail.contains("TEMP B-TREE");
            assert!(!bad, "{statement}: {detail}");
        }
    }
}

const STATEMENTS: &[&str] = &[
    links::LINK,
    links::TO_APPLICATION,
    links::TO_CANDIDATE,
    invitations::BY_ID,
    invitations::BY_REQUEST,
    invitations::BY_ASSESSMENT,
    pushes::PUSH,
    pushes::OF_PERSON,
    report_access::ACCESS,
    deliveries::LAST,
    log::ALL,
    log::DIRECTION,
    log::STATUS,
    log::BOTH,
    log::OF_ASSESSMENT,
    log::OF_ASSESSMENT_DIRECTION,
    log::OF_ASSESSMENT_STATUS,
    log::OF_ASSESSMENT_BOTH,
    log::ENTRY,
    work::DUE,
    work::CLAIM,
    work::NEXT,
    work::WAITING,
    door_work::DONE,
    door_work::AGAIN,
    person::INVITATIONS,
    person::PUSHES,
    person::BODIES_OF_CANDIDATE,
    person::BODIES_OF_APPLICATIONS,
    Link::UPDATE,
    Link::DELETE,
    Link::VERSION,
    Invitation::UPDATE,
    Invitation::DELETE,
    Invitation::VERSION,
    Push::UPDATE,
    Push::DELETE,
    Push::VERSION,
    ReportAccess::UPDATE,
    ReportAccess::DELETE,
    ReportAccess::VERSION,
];
