//! What must be true when a life has settled.

use std::collections::BTreeSet;

use super::life::Life;
use axum_host::databases;
use greenhouse_core::{
    AccountId, AssessmentId, InvitationId,
    platform::{Assessment, AssessmentPlatform, AssessmentState},
    scorecard::Score,
    store::{
        Invitation, Invitations, LogEntry, LogFilter, LogStatus, LogSubject, NoticeState, SyncLog,
        WorkKind, WorkQueue,
    },
    testing::FakePlatform,
};
use mock_greenhouse::TakeHomeTest;

pub(super) async fn of(life: &Life) -> Result<(), String> {
    let troubles = life.greenhouse.troubles();
    holds(troubles.is_empty(), || troubles.join("; "))?;
    let tests = life.greenhouse.take_home_tests();
    let ids: BTreeSet<&String> = tests
        .iter()
        .filter_map(|test| test.partner_interview_id.as_ref())
        .collect();
    let counts = [tests.len(), ids.len(), life.product.invited()];
    holds(counts == [tests.len(); 3], || {
        format!("tests, invitations and assessments: {counts:?}")
    })?;

    let store = databases::open(&life.config).await.unwrap();
    let kinds = [WorkKind::Invite, WorkKind::Notify];
    let backlog = store.backlog(&life.account, &kinds).await.unwrap();
    holds(backlog.count == 0, || "something is still due".to_owned())?;
    let page = store
        .log_page(&life.account, &LogFilter::newest(LogFilter::MAX_LIMIT))
        .await
        .unwrap();
    let log: Vec<LogEntry> = page.entries.into_iter().map(|one| one.entry).collect();
    for test in &tests {
        let id = test.partner_interview_id.as_ref().unwrap();
        let assessment = assessment(&life.product, &life.account, id).await;
        let assessment = assessment.ok_or_else(|| format!("nobody was invited for {id}"))?;
        let known = InvitationId::new(id);
        let invitation = store.invitation(&life.account, &known).await.unwrap();
        let invitation = invitation.ok_or_else(|| format!("{id} is not known"))?;
        has_its_result(test, &assessment)?;
        is_told_truly(test, &assessment, &invitation, &log)?;
    }
    store.close().await;
    Ok(())
}

/// The product's assessment of this invitation.
pub(super) async fn assessment(
    product: &FakePlatform,
    account: &AccountId,
    invitation: &str,
) -> Option<Assessment> {
    let id = AssessmentId::new(format!("assessment-of-{invitation}"));
    product.assessment(account, &id).await.unwrap()
}

/// As the documentation has it: results are for active candidates only.
fn has_its_result(test: &TakeHomeTest, assessment: &Assessment) -> Result<(), String> {
    let status = test.status.as_deref();
    match assessment.state {
        AssessmentState::Completed => {
            holds(status == Some("complete"), || {
                format!("{test:?} lost its completion")
            })?;
            if let Some(why) = &test.dropped {
                return holds(why.starts_with("the application is"), || {
                    format!("{test:?} was dropped: {why}")
                });
            }
            let score = assessment.score.map(Score::value);
            holds(test.score == score && test.profile_url.is_some(), || {
                format!("{test:?} has {:?} for {score:?}", test.score)
            })
        }
        AssessmentState::Withdrawn => holds(status == Some("withdrawn"), || {
            format!("{test:?} was withdrawn")
        }),
        AssessmentState::Expired => {
            holds(status == Some("expired"), || format!("{test:?} expired"))
        }
        _ => Ok(()),
    }
}

fn is_told_truly(
    test: &TakeHomeTest,
    assessment: &Assessment,
    invitation: &Invitation,
    log: &[LogEntry],
) -> Result<(), String> {
    let about = |subject| {
        log.iter().filter(move |entry| {
            entry.invitation.as_ref() == Some(&invitation.id) && entry.subject == subject
        })
    };
    let wrong = |what: &str| {
        let entries: Vec<String> = log
            .iter()
            .filter(|entry| entry.invitation.as_ref() == Some(&invitation.id))
            .map(|entry| format!("{:?} {:?}: {}", entry.subject, entry.status, entry.text))
            .collect();
        format!("{test:?}: {what}: {entries:#?}")
    };
    let told = |text: &str| {
        about(LogSubject::Invitation)
            .filter(|entry| entry.text.starts_with(text))
            .count()
    };
    holds(told("Greenhouse sent") == 1, || wrong("sent once"))?;
    if assessment.state == AssessmentState::Completed {
        let completed = told("The candidate has completed the test");
        holds(completed > 0, || wrong("completed"))?;
    }
    holds(about(LogSubject::Problem).count() == 0, || {
        wrong("no problem")
    })?;
    let notices: Vec<_> = about(LogSubject::Notice).collect();
    match notices.as_slice() {
        [] => holds(
            invitation.notice == NoticeState::None && test.completions == 0,
            || wrong("never told"),
        ),
        [notice] => holds(
            notice.status == LogStatus::Done
                && invitation.notice == NoticeState::Taken
                && test.completions > 0,
            || wrong("told"),
        ),
        _ => Err(wrong("one notice")),
    }
}

fn holds(condition: bool, why: impl FnOnce() -> String) -> Result<(), String> {
    if condition { Ok(()) } else { Err(why()) }
}
