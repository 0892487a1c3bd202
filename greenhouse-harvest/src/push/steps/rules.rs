//! Moves or rejects the application by the account's rules, after the result was written.

use std::time::Duration;

use greenhouse_core::{
    StageId, Text, later,
    rules::{
        self, Hold, Mark, RejectRule, RuleAction, RuleDecision, RuleHistory, RuleKind,
        RuleStanding, RuleStart,
    },
    settings::JobMapping,
    store::{JournalMark, Proposal, PushStep, RuleDay, StoreError, Write, decide_and_apply},
};

use super::{PushTarget, fields::read_application, stage::current_stage};
use crate::{
    Error, HarvestClient,
    api::{JobInterviewStage, JobInterviewStageFilter, Move, MoveTo, Rejection, RejectionEmail},
    lookup::{agrees, matching},
    push::{
        StepError,
        context::StepContext,
        ledger::{Ledger, Operation},
        texts::{named, operation, sync_log as texts, sync_log::rules as rule_texts},
    },
};

/// Applies the rules. Returns the text for the sync log, or `None` if no rule applies.
///
/// The application is read immediately before the write. A move is refused by Greenhouse if the
/// application has left its stage since then (documented). A rejection is not, so a recruiter's
/// move during the last two requests can be followed by a rejection.
pub(super) async fn rules(
    context: &StepContext<'_>,
    ledger: &mut Ledger<'_, '_>,
    target: &PushTarget,
) -> Result<Option<Text>, StepError> {
    let view = View::new(context, target);
    while let Some(decision) = history(ledger).first() {
        let kind = match decision {
            RuleDecision::ActedBefore(kind) | RuleDecision::Settle(kind) => kind,
            _ => break,
        };
        if let Some(text) = view.settle(ledger, kind).await? {
            return Ok(Some(text));
        }
    }
    let settings = &context.settings;
    let score = context.plan.scorecard.score;
    let wanted = rules::wanted(
        &settings.rules,
        &settings.thresholds,
        score,
        view.advance_to,
    );
    let action = match wanted {
        Ok(None) => return Ok(None),
        Err(hold) => return Ok(Some(held(hold))),
        Ok(Some(action)) => action,
    };
    let operation = operation_of(action.kind());
    let read = |error: Error| operation.search_failed(&error);
    let mut stages = view.stages(action).await.map_err(read)?;
    let mut seen = view.look(ledger, &stages).await.map_err(read)?;
    if seen.decide(context, action) == RuleDecision::Hold(Hold::NotInPlan) {
        // The list may have been inconsistent, so it is read again.
        stages = view.stages(action).await.map_err(read)?;
        seen = view.look(ledger, &stages).await.map_err(read)?;
    }
    match seen.decide(context, action) {
        RuleDecision::Hold(hold) => {
            if hold == Hold::NotShown {
                let hidden = StepError::failed(operation.step, held(hold));
                let waits = ledger.wait_if_recent(PushStep::Application, hidden);
                if matches!(waits, StepError::Again(..)) {
                    return Err(waits);
                }
            }
            Ok(Some(held(hold)))
        }
        RuleDecision::WouldAct(action) => Ok(Some(would(action, &stages))),
        RuleDecision::Act(action) => view.act(ledger, action, &stages, &seen).await.map(Some),
        _ => Ok(None),
    }
}

/// The application to which the rules apply.
struct View<'a> {
    context: &'a StepContext<'a>,
    target: &'a PushTarget,
    /// Stage to which the settings move applications for this job.
    advance_to: Option<StageId>,
}

/// The application as it was read.
struct Seen {
    start: RuleStart,
    standing: RuleStanding,
    current: Option<Move>,
    plan: Vec<(StageId, i64)>,
}

impl Seen {
    fn decide(&self, context: &StepContext<'_>, action: RuleAction) -> RuleDecision {
        rules::decide(
            context.settings.rules.mode,
            Ok(Some(action)),
            RuleHistory::default(),
            &self.start,
            &self.standing,
            &self.plan,
        )
    }
}

impl<'a> View<'a> {
    fn new(context: &'a StepContext<'a>, target: &'a PushTarget) -> Self {
        let is_of_job = |mapping: &JobMapping| Some(mapping.job) == target.job;
        let own = context.plan.mapping.filter(is_of_job);
        // A test that Greenhouse sent may belong to no mapped job of the product.
        let others = context.settings.jobs.values();
        let advance_to = match own {
            Some(own) => own.advance_to,
            None => others
                .filter(|mapping| is_of_job(mapping))
                .find_map(|mapping| mapping.advance_to),
        };
        Self {
            context,
            target,
            advance_to,
        }
    }

    /// Settles an earlier write. `None` if it was certainly not carried out.
    async fn settle(
        &self,
        ledger: &mut Ledger<'_, '_>,
        kind: RuleKind,
    ) -> Result<Option<Text>, StepError> {
        let (context, operation) = (self.context, operation_of(kind));
        let earlier = match kind {
            RuleKind::Advance => {
                let find = || self.find_move();
                ledger.earlier(context, operation, find).await?
            }
            RuleKind::Reject => {
                let find = || self.find_rejection();
                ledger.earlier(context, operation, find).await?
            }
        };
        Ok(earlier.ok().map(|id| match kind {
            RuleKind::Advance => rule_texts::push_rule_moved(&named("stage", None, id)),
            RuleKind::Reject => rule_texts::push_rule_rejected(),
        }))
    }

    /// Returns the chosen stage if the application is at it.
    async fn find_move(&self) -> Result<Option<i64>, Error> {
        let current = current_stage(&self.context.reads, self.target.application).await?;
        let stage = current.and_then(|row| row.job_interview_stage_id);
        let is_there = stage.is_some() && stage == self.advance_to;
        Ok(stage.filter(|_| is_there).map(StageId::value))
    }

    /// Returns the application's id if it is rejected.
    async fn find_rejection(&self) -> Result<Option<i64>, Error> {
        let application = self.target.application;
        let row = read_application(&self.context.reads, application).await?;
        let status = row.and_then(|row| row.status);
        let is_rejected = status == Some(greenhouse_core::ApplicationStatus::Rejected);
        Ok(is_rejected.then(|| application.value()))
    }

    /// Reads the job's interview plan, if the action or the start needs it.
    async fn stages(&self, action: RuleAction) -> Result<Vec<JobInterviewStage>, Error> {
        let plan = &self.context.plan;
        let has_start =
            plan.invited_at.is_some() || plan.mapping.is_some_and(|own| own.stage.is_some());
        let Some(job) = self.target.job else {
            return Ok(Vec::new());
        };
        if has_start && matches!(action, RuleAction::Reject(_)) {
            return Ok(Vec::new());
        }
        let filter = JobInterviewStageFilter::new().job_ids([job]);
        let of_job = |row: &JobInterviewStage| agrees(row.job_id, job);
        matching(|| self.context.reads.job_interview_stages(&filter), of_job).await
    }

    /// Reads where the application is.
    async fn look(
        &self,
        ledger: &Ledger<'_, '_>,
        stages: &[JobInterviewStage],
    ) -> Result<Seen, Error> {
        let (reads, application) = (&self.context.reads, self.target.application);
        let row = read_application(reads, application).await?;
        let current = current_stage(reads, application).await?;
        let positions = stages.iter();
        let plan: Vec<(StageId, i64)> = positions
            .filter(|row| row.active != Some(false))
            .filter_map(|row| Some((row.id, row.sort_order?)))
            .collect();
        let action_stage = self.advance_to.map(MoveTo::Stage);
        Ok(Seen {
            start: self.start(ledger, &plan),
            standing: RuleStanding {
                status: row.and_then(|row| row.status),
                stage: current.as_ref().and_then(|row| row.job_interview_stage_id),
                entered_at: current.as_ref().and_then(|row| row.entered_at),
            },
            current: current
                .as_ref()
                .zip(action_stage)
                .map(|(row, to)| Move::new(row, to)),
            plan,
        })
    }

    /// An invitation has a time, and the test of a stage has that stage as well. A push has the
    /// mapped stage, or else the job's first stage.
    fn start(&self, ledger: &Ledger<'_, '_>, plan: &[(StageId, i64)]) -> RuleStart {
        if let Some(at) = self.context.plan.invited_at {
            let stage = self.context.plan.invited_stage;
            return RuleStart { stage, at };
        }
        let mapping = self.context.plan.mapping;
        let first = plan.iter().min_by_key(|(_, position)| *position);
        let stage = mapping.and_then(|own| own.stage);
        let push = ledger.push();
        let marks = [PushStep::Application, PushStep::Stage].into_iter();
        let placed = marks.filter_map(|step| push.mark(step));
        let placed = placed.filter(|line| matches!(line.mark, JournalMark::Done { .. }));
        RuleStart {
            stage: stage.or(first.map(|(stage, _)| *stage)),
            at: placed
                .map(|line| line.at)
                .max()
                .unwrap_or(push.requested_at),
        }
    }

    async fn act(
        &self,
        ledger: &mut Ledger<'_, '_>,
        action: RuleAction,
        stages: &[JobInterviewStage],
        seen: &Seen,
    ) -> Result<Text, StepError> {
        let (context, application) = (self.context, self.target.application);
        let operation = operation_of(action.kind());
        let Some(absent) = ledger.never_begun(operation.step) else {
            return Err(StepError::failed(operation.step, texts::stage_unknown()));
        };
        if !take_of_day(context).await? {
            return Ok(rule_texts::push_rule_limit(
                context.settings.rules.daily_limit,
            ));
        }
        let sent = match action {
            RuleAction::Advance(stage) => {
                let Some(movement) = seen.current else {
                    return Ok(held(Hold::NotShown));
                };
                let from_stage = context.settings.from_stage;
                let send = |writer: HarvestClient| async move {
                    writer
                        .move_application(application, &movement, from_stage)
                        .await?;
                    Ok(stage.value())
                };
                ledger
                    .once(operation, absent, || self.find_move(), send)
                    .await?
            }
            RuleAction::Reject(rule) => {
                let rejection = rejection(context, &rule);
                let send = |writer: HarvestClient| async move {
                    writer.reject_application(application, &rejection).await?;
                    Ok(application.value())
                };
                ledger
                    .once(operation, absent, || self.find_rejection(), send)
                    .await?
            }
        };
        match sent {
            Ok(_) => Ok(done(action, stages)),
            // A recruiter may have decided since the application was read.
            Err(error @ Error::Api { .. }) => {
                let now = self.look(ledger, stages).await;
                let now = now.map_err(|error| operation.search_failed(&error))?;
                match now.decide(context, action) {
                    RuleDecision::Hold(hold) => Ok(held(hold)),
                    _ => Err(operation.write_failed(&error)),
                }
            }
            Err(error) => Err(operation.write_failed(&error)),
        }
    }
}

fn history(ledger: &Ledger<'_, '_>) -> RuleHistory {
    let mark = |step| {
        if ledger.done_id(step).is_some() {
            Mark::Done
        } else if ledger.unknown_since(step).is_some() {
            Mark::Unknown
        } else {
            Mark::None
        }
    };
    RuleHistory {
        advance: mark(PushStep::RuleMove),
        reject: mark(PushStep::RuleRejection),
    }
}

/// Counts an action against the daily limit, before it is begun. An action that is begun again
/// after a failure counts again.
async fn take_of_day(context: &StepContext<'_>) -> Result<bool, StoreError> {
    let (store, account) = (context.engine.store(), context.account);
    let day = context.engine.now().date_naive();
    let limit = context.settings.rules.daily_limit;
    let taken = decide_and_apply(store, account, || async move {
        let stored = store.rule_day(account, day).await?;
        let mut used = stored.unwrap_or_else(|| RuleDay::new(day));
        let is_within = used.take(limit);
        let mut changes = greenhouse_core::store::Changes::none();
        changes.rule_days.push(Write::Put(used));
        Ok::<_, StoreError>(Proposal::Write(changes, is_within))
    });
    Ok(taken.await?.applied().unwrap_or(false))
}

fn rejection(context: &StepContext<'_>, rule: &RejectRule) -> Rejection {
    let mut rejection = Rejection::new(rule.reason);
    rejection.rejection_email = rule.email.map(|mail| {
        let wait = Duration::from_secs(u64::from(mail.after_hours) * 3600);
        let mut email = RejectionEmail::new();
        email.email_template_id = Some(mail.template);
        email.send_email_at = Some(later(context.engine.now(), wait));
        email
    });
    rejection
}

fn done(action: RuleAction, stages: &[JobInterviewStage]) -> Text {
    match action {
        RuleAction::Advance(stage) => rule_texts::push_rule_moved(&stage_name(stage, stages)),
        RuleAction::Reject(_) => rule_texts::push_rule_rejected(),
    }
}

fn would(action: RuleAction, stages: &[JobInterviewStage]) -> Text {
    match action {
        RuleAction::Advance(stage) => rule_texts::push_rule_would_move(&stage_name(stage, stages)),
        RuleAction::Reject(_) => rule_texts::push_rule_would_reject(),
    }
}

fn stage_name(id: StageId, stages: &[JobInterviewStage]) -> String {
    let stage = stages.iter().find(|stage| stage.id == id);
    named("stage", stage.and_then(|stage| stage.name.as_deref()), id)
}

fn held(hold: Hold) -> Text {
    match hold {
        Hold::Overlap => rule_texts::push_rules_overlap(),
        Hold::NoStage => rule_texts::push_rule_without_stage(),
        Hold::NotShown => rule_texts::push_rule_not_shown(),
        Hold::NotActive => rule_texts::push_rule_not_active(),
        Hold::Moved => rule_texts::push_rule_after_move(),
        Hold::Reached => rule_texts::push_rule_reached(),
        Hold::NotInPlan => rule_texts::push_rule_not_in_plan(),
    }
}

fn operation_of(kind: RuleKind) -> Operation {
    match kind {
        RuleKind::Advance => MOVE,
        RuleKind::Reject => REJECT,
    }
}

const MOVE: Operation = Operation::new(
    PushStep::RuleMove,
    operation::MOVE_BY_RULE,
    operation::READ_STAGE,
);
const REJECT: Operation = Operation::new(
    PushStep::RuleRejection,
    operation::REJECT_BY_RULE,
    operation::READ_APPLICATION,
);
