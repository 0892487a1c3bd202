use chrono::DateTime;
use greenhouse_core::{
    InterviewKitId, UserId,
    scorecard::{MixedOverall, Recommendation},
};
use greenhouse_harvest::api::{JobCandidateAttributeId, ScorecardId, ScorecardQuestionId};
use greenhouse_harvest::{AuthProblem, Error, api::*};
use mock_greenhouse::ScorecardWrites;
use serde_json::json;

use super::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn a_scorecard_is_created_and_read() {
    let stage = Stage::set().await;
    let set = Set::on(&stage);
    let client = &stage.client;

    let mut new = NewScorecard::new(stage.application, set.kit, set.lee);
    new.candidate_rating = Some((Recommendation::Yes, MixedOverall::default()).into());
    new.status = Some(ScorecardStatus::Draft);
    new.notes = Some("Clear".into());
    let card = client.create_scorecard(&new).await.unwrap();
    let mut update = UpdateScorecard::new();
    update.status = Some(ScorecardStatus::Complete);
    update.submitter_id = Some(set.lee);
    let changed = client.update_scorecard(card.id, &update).await.unwrap();
    assert_eq!(changed.status, Some(ScorecardStatus::Complete));

    let filter = ScorecardFilter::new()
        .application_ids([stage.application])
        .interviewer_ids([set.lee])
        .submitter_ids([set.lee])
        .interview_kit_ids([set.kit])
        .status(ScorecardStatus::Complete);
    let cards = client.scorecards(&filter).all().await.unwrap();
    assert_eq!((cards.len(), cards[0].id), (1, card.id));
    assert_eq!(cards[0].candidate_rating, Some(OverallRating::Yes));
    assert!(cards[0].unknown.is_empty());

    let new = NewScorecardCandidateAttribute::new(card.id, set.attribute, Recommendation::Mixed);
    let rating = client.create_scorecard_candidate_attribute(&new).await;
    let rating = rating.unwrap();
    let mut update = UpdateScorecardCandidateAttribute::new();
    update.note = Some("Wavers".into());
    let changed = client.update_scorecard_candidate_attribute(rating.id, &update);
    assert_eq!(changed.await.unwrap().note.as_deref(), Some("Wavers"));
    let filter = ScorecardCandidateAttributeFilter::new()
        .scorecard_ids([card.id])
        .job_candidate_attribute_ids([set.attribute]);
    let ratings = client.scorecard_candidate_attributes(&filter).all().await;
    let rating = &ratings.unwrap()[0];
    let mixed = Some(AttributeRating::Mixed);
    assert_eq!(rating.candidate_attribute_rating, mixed);
    assert!(rating.unknown.is_empty());

    answers(&stage, &set, card.id).await;
    stage.strike().await;
}

async fn answers(stage: &Stage, set: &Set, card: ScorecardId) {
    let client = &stage.client;
    let mut new = NewScorecardQuestionAnswer::new(card, set.question);
    new.answer = Some("By train".into());
    let answer = client.create_scorecard_question_answer(&new).await.unwrap();
    let mut update = UpdateScorecardQuestionAnswer::new();
    update.answer = Some("By bicycle".into());
    let changed = client.update_scorecard_question_answer(answer.id, &update);
    assert_eq!(changed.await.unwrap().answer.as_deref(), Some("By bicycle"));
    let filter = ScorecardQuestionAnswerFilter::new()
        .scorecard_ids([card])
        .scorecard_question_ids([set.question]);
    let answers = client.scorecard_question_answers(&filter).all().await;
    let answers = answers.unwrap();
    assert_eq!((answers.len(), answers[0].id), (1, answer.id));
    assert!(answers[0].unknown.is_empty());

    let filter = ScorecardQuestionOptionFilter::new()
        .scorecard_question_ids([set.question])
        .active(true);
    let options = client.scorecard_question_options(&filter).all().await;
    let option = &options.unwrap()[0];
    assert!(option.unknown.is_empty());
    let new = NewScorecardQuestionAnswerOption::new(option.id, answer.id);
    let chosen = client.create_scorecard_question_answer_option(&new).await;
    let filter = ScorecardQuestionAnswerOptionFilter::new()
        .scorecard_question_option_ids([option.id])
        .scorecard_question_answer_ids([answer.id]);
    let choices = client
        .scorecard_question_answer_options(&filter)
        .all()
        .await;
    let choices = choices.unwrap();
    assert_eq!(choices, [chosen.unwrap()]);
    assert!(choices[0].unknown.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scorecard_form_of_a_job() {
    let stage = Stage::set().await;
    let set = Set::on(&stage);
    let client = &stage.client;

    let filter = CandidateAttributeTypeFilter::new()
        .active(true)
        .is_draft(false);
    let kinds = client.candidate_attribute_types(&filter).all().await;
    let kind = &kinds.unwrap()[0];
    assert_eq!(kind.name.as_deref(), Some("Skills"));
    assert!(kind.unknown.is_empty());

    let filter = JobCandidateAttributeFilter::new()
        .job_ids([stage.job()])
        .candidate_attribute_type_ids([kind.id])
        .active(true);
    let attributes = client.job_candidate_attributes(&filter).all().await;
    let attribute = &attributes.unwrap()[0];
    assert_eq!(attribute.id, set.attribute);
    assert!(attribute.unknown.is_empty());

    let filter = FocusCandidateAttributeFilter::new()
        .interview_kit_ids([set.kit])
        .job_candidate_attribute_ids([set.attribute]);
    let focus = client.focus_candidate_attributes(&filter).all().await;
    assert!(focus.unwrap()[0].unknown.is_empty());

    let filter = ScorecardQuestionFilter::new()
        .interview_kit_ids([set.kit])
        .active(true);
    let questions = client.scorecard_questions(&filter).all().await.unwrap();
    assert_eq!(questions[0].id, set.question);
    let kind = Some(ScorecardAnswerType::SingleSelect);
    assert_eq!(questions[0].answer_type, kind);
    assert!(questions[0].unknown.is_empty());
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_are_refused_for_most_credentials() {
    let stage = Stage::set().await;
    let set = Set::on(&stage);
    stage
        .greenhouse
        .switch(|switches| switches.scorecard_writes = ScorecardWrites::Forbidden);
    let mut new = NewScorecard::new(stage.application, set.kit, set.lee);
    new.interviewed_at = Some(DateTime::UNIX_EPOCH);
    let refused = stage.client.create_scorecard(&new).await.unwrap_err();
    let named = "harvest:scorecards:create";
    assert!(
        matches!(refused, Error::Auth { problem: AuthProblem::Forbidden { scope, .. }, .. } if scope == named),
        "{refused:?}"
    );
    stage.strike().await;
}

/// The records that a scorecard requires.
struct Set {
    lee: UserId,
    kit: InterviewKitId,
    attribute: JobCandidateAttributeId,
    question: ScorecardQuestionId,
}

impl Set {
    fn on(stage: &Stage) -> Self {
        let job = stage.job();
        let talk = stage.seed(
            "job_interviews",
            json!({"job_id": job, "job_interview_stage_id": stage.stage(), "name": "Talk"}),
        );
        let kit = json!({"job_id": job, "job_interview_id": talk});
        let kit = stage.seed("interview_kits", kit);
        let kind = json!({"job_id": job, "name": "Skills", "is_draft": false});
        let kind = stage.seed("candidate_attribute_types", kind);
        let attribute = stage.seed(
            "job_candidate_attributes",
            json!({"job_id": job, "candidate_attribute_type_id": kind, "name": "Objection Handling"}),
        );
        stage.seed(
            "focus_candidate_attributes",
            json!({"interview_kit_id": kit, "job_candidate_attribute_id": attribute}),
        );
        let question = stage.seed(
            "scorecard_questions",
            json!({"interview_kit_id": kit, "question": "<p>How?</p>", "answer_type": "single_select"}),
        );
        stage.seed(
            "scorecard_question_options",
            json!({"scorecard_question_id": question, "name": "By bicycle"}),
        );
        Self {
            lee: stage.user("lee@example.org"),
            kit: InterviewKitId::new(kit),
            attribute: JobCandidateAttributeId::new(attribute),
            question: ScorecardQuestionId::new(question),
        }
    }
}
