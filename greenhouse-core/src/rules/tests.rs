use chrono::{DateTime, Utc};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{
    ApplicationStatus, RejectionReasonId, StageId,
    scorecard::{Recommendation, Score, Thresholds},
    store::RuleDay,
};

const FIRST: StageId = StageId::new(10);
const TEST: StageId = StageId::new(11);
const OFFER: StageId = StageId::new(12);
const PLAN: [(StageId, i64); 3] = [(FIRST, 0), (TEST, 1), (OFFER, 2)];

fn score(value: f64) -> Score {
    Score::new(value).unwrap()
}

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_780_000_000 + second, 0).unwrap()
}

fn rules(from: Option<f64>, below: Option<f64>) -> ScoreRules {
    let bound = |value| RuleBound::Score(score(value));
    ScoreRules {
        mode: RuleMode::On,
        advance: from.map(|from| AdvanceRule::new(bound(from))),
        reject: below.map(|below| RejectRule::new(bound(below), RejectionReasonId::new(7))),
        ..ScoreRules::default()
    }
}

#[test]
fn the_score_selects_the_rule() {
    let both = rules(Some(70.0), Some(40.0));
    let overlapping = rules(Some(40.0), Some(70.0));
    let off = ScoreRules {
        mode: RuleMode::Off,
        ..both
    };
    let advance = Ok(Some("advance"));
    let reject = Ok(Some("reject"));
    for (rules, value, stage, expected) in [
        (both, Some(70.0), Some(OFFER), advance),
        (both, Some(69.9), Some(OFFER), Ok(None)),
        (both, Some(40.0), Some(OFFER), Ok(None)),
        (both, Some(39.9), Some(OFFER), reject),
        (both, Some(39.9), None, reject),
        (both, Some(70.0), None, Err(Hold::NoStage)),
        (both, None, Some(OFFER), Ok(None)),
        (off, Some(70.0), Some(OFFER), Ok(None)),
        (overlapping, Some(50.0), Some(OFFER), Err(Hold::Overlap)),
        (overlapping, Some(70.0), Some(OFFER), advance),
        (overlapping, Some(39.0), Some(OFFER), reject),
        (rules(None, None), Some(50.0), Some(OFFER), Ok(None)),
    ] {
        let found = wanted(&rules, &Thresholds::default(), value.map(score), stage);
        let found = found.map(|action| {
            action.map(|action| match action.kind() {
                RuleKind::Advance => "advance",
                RuleKind::Reject => "reject",
            })
        });
        assert_eq!(found, expected, "{value:?} {rules:?}");
    }
    assert!(overlapping.overlap(&Thresholds::default()));
    assert!(!both.overlap(&Thresholds::default()));
    assert!(!rules(Some(40.0), Some(40.0)).overlap(&Thresholds::default()));
}

#[test]
fn a_bound_can_be_a_recommendation() {
    let thresholds = Thresholds::new(90.0, 75.0, 50.0, 25.0).unwrap();
    for (recommendation, lowest) in [
        (Recommendation::StrongYes, 90.0),
        (Recommendation::Yes, 75.0),
        (Recommendation::Mixed, 50.0),
        (Recommendation::No, 25.0),
        (Recommendation::DefinitelyNot, 0.0),
    ] {
        let bound = RuleBound::Recommendation(recommendation);
        assert_eq!(bound.lowest(&thresholds), score(lowest));
    }
}

#[test]
fn a_rule_acts_only_where_the_test_was_sent() {
    use ApplicationStatus::{Active, Converted, Hired, Rejected};
    let advance = |stage| Ok(Some(RuleAction::Advance(stage)));
    let reject = Ok(Some(RuleAction::Reject(
        rules(None, Some(40.0)).reject.unwrap(),
    )));
    let standing = |status: Option<ApplicationStatus>, stage, entered: Option<i64>| RuleStanding {
        status,
        stage,
        entered_at: entered.map(at),
    };
    let at_test = |status| standing(Some(status), Some(TEST), Some(-5));
    let (invited, pushed) = (
        RuleStart {
            stage: None,
            at: at(0),
        },
        RuleStart {
            stage: Some(TEST),
            at: at(0),
        },
    );
    for (wanted, start, standing, expected) in [
        (advance(OFFER), invited, at_test(Active), None),
        (advance(OFFER), pushed, at_test(Active), None),
        (reject, invited, at_test(Active), None),
        (reject, pushed, at_test(Active), None),
        (
            advance(OFFER),
            invited,
            at_test(Rejected),
            Some(Hold::NotActive),
        ),
        (
            advance(OFFER),
            invited,
            at_test(Hired),
            Some(Hold::NotActive),
        ),
        (reject, invited, at_test(Converted), Some(Hold::NotActive)),
        (reject, invited, at_test(Rejected), Some(Hold::NotActive)),
        (
            reject,
            invited,
            standing(None, Some(TEST), Some(-5)),
            Some(Hold::NotShown),
        ),
        (
            reject,
            invited,
            standing(Some(Active), None, None),
            Some(Hold::NotShown),
        ),
        (
            reject,
            invited,
            standing(Some(Active), Some(TEST), None),
            Some(Hold::NotShown),
        ),
        // The clocks may differ by a minute.
        (
            reject,
            invited,
            standing(Some(Active), Some(TEST), Some(60)),
            None,
        ),
        (
            reject,
            invited,
            standing(Some(Active), Some(TEST), Some(61)),
            Some(Hold::Moved),
        ),
        (
            reject,
            pushed,
            standing(Some(Active), Some(FIRST), Some(-5)),
            Some(Hold::Moved),
        ),
        (
            advance(OFFER),
            pushed,
            standing(Some(Active), Some(TEST), Some(90)),
            Some(Hold::Moved),
        ),
        (advance(TEST), invited, at_test(Active), Some(Hold::Reached)),
        (
            advance(FIRST),
            invited,
            at_test(Active),
            Some(Hold::Reached),
        ),
        (
            advance(StageId::new(99)),
            invited,
            at_test(Active),
            Some(Hold::NotInPlan),
        ),
        (
            advance(OFFER),
            invited,
            standing(Some(Active), Some(StageId::new(98)), Some(-5)),
            Some(Hold::NotInPlan),
        ),
        (
            Err(Hold::NoStage),
            invited,
            at_test(Active),
            Some(Hold::NoStage),
        ),
    ] {
        let decision = |mode| {
            let none = RuleHistory::default();
            decide(mode, wanted, none, &start, &standing, &PLAN)
        };
        let (on, dry) = match (expected, wanted) {
            (Some(hold), _) => (RuleDecision::Hold(hold), RuleDecision::Hold(hold)),
            (None, Ok(Some(action))) => (RuleDecision::Act(action), RuleDecision::WouldAct(action)),
            (None, _) => unreachable!("a rule without an action is held"),
        };
        assert_eq!(decision(RuleMode::On), on, "{wanted:?} {standing:?}");
        assert_eq!(decision(RuleMode::DryRun), dry, "{wanted:?} {standing:?}");
    }
}

#[test]
fn settings_are_read_strictly() {
    let whole = json!({
        "mode": "dry_run",
        "advance": {"from": {"recommendation": "definitely_yes"}},
        "reject": {"below": {"score": 30}, "reason": 7, "email": {"template": 5, "after_hours": 24}},
        "daily_limit": 10,
    });
    let read: ScoreRules = serde_json::from_value(whole.clone()).unwrap();
    assert_eq!(json!(read), whole);
    let none: ScoreRules = serde_json::from_value(json!({})).unwrap();
    assert_eq!(none, ScoreRules::default());
    assert_eq!((none.mode, none.daily_limit), (RuleMode::Off, 50));
    for refused in [
        json!({"mode": "always"}),
        json!({"advance": {}}),
        json!({"advance": {"from": {"score": 101}}}),
        json!({"advance": {"from": {"recommendation": "perhaps"}}}),
        json!({"reject": {"below": {"score": 30}}}),
        json!({"daily_limit": -1}),
        json!({"more": 1}),
    ] {
        assert!(
            serde_json::from_value::<ScoreRules>(refused.clone()).is_err(),
            "{refused}"
        );
    }
}

/// One thing that happens to an application.
#[derive(Debug, Clone, Copy)]
enum Happens {
    /// A run of the push reaches its rules. The write has this outcome.
    Run(Outcome),
    /// A recruiter moves the application.
    RecruiterMoves(usize),
    RecruiterRejects,
    RecruiterUnrejects,
    RecruiterHires,
    /// An admin changes the bounds.
    Bounds(u8, u8),
    NextDay,
}

/// Outcome of a write.
#[derive(Debug, Clone, Copy)]
enum Outcome {
    Carried,
    Refused,
    /// The response is lost. A later search finds whether the write was carried out.
    Lost(bool),
}

#[derive(Default)]
struct Tally {
    moves: u32,
    rejections: u32,
    of_day: u32,
}

/// A model of Greenhouse with a recruiter, and of the journal.
struct Model {
    rules: ScoreRules,
    standing: RuleStanding,
    history: RuleHistory,
    day: RuleDay,
    /// Whether the write with an unknown outcome was carried out.
    lost: bool,
    now: i64,
    recruiter_decided: bool,
    done: Tally,
}

impl Model {
    fn carry_out(&mut self, action: RuleAction) {
        assert!(!self.recruiter_decided, "acted after a recruiter");
        assert_eq!(self.standing.status, Some(ApplicationStatus::Active));
        match action {
            RuleAction::Advance(stage) => {
                self.done.moves += 1;
                self.standing.stage = Some(stage);
                self.standing.entered_at = Some(at(self.now));
            }
            RuleAction::Reject(_) => {
                self.done.rejections += 1;
                self.standing.status = Some(ApplicationStatus::Rejected);
            }
        }
        self.done.of_day += 1;
    }

    fn mark(&mut self, kind: RuleKind, mark: Mark) {
        match kind {
            RuleKind::Advance => self.history.advance = mark,
            RuleKind::Reject => self.history.reject = mark,
        }
    }

    fn run(&mut self, value: Option<Score>, outcome: Outcome) {
        let start = RuleStart {
            stage: Some(TEST),
            at: at(0),
        };
        let wanted = wanted(&self.rules, &Thresholds::default(), value, Some(OFFER));
        let mode = self.rules.mode;
        match decide(mode, wanted, self.history, &start, &self.standing, &PLAN) {
            RuleDecision::Settle(kind) => {
                let mark = if self.lost { Mark::Done } else { Mark::None };
                self.mark(kind, mark);
            }
            RuleDecision::Act(action) => {
                if !self.day.take(self.rules.daily_limit) {
                    return;
                }
                match outcome {
                    Outcome::Carried => {
                        self.carry_out(action);
                        self.mark(action.kind(), Mark::Done);
                    }
                    Outcome::Refused => {}
                    Outcome::Lost(carried) => {
                        if carried {
                            self.carry_out(action);
                        }
                        self.lost = carried;
                        self.mark(action.kind(), Mark::Unknown);
                    }
                }
            }
            RuleDecision::WouldAct(_) => assert_eq!(mode, RuleMode::DryRun),
            _ => {}
        }
    }

    fn happen(&mut self, happens: Happens, value: Option<Score>) {
        // Longer than the tolerance between two clocks.
        self.now += 100;
        match happens {
            Happens::Run(outcome) => self.run(value, outcome),
            Happens::RecruiterMoves(stage) => {
                self.standing.stage = Some(PLAN[stage].0);
                self.standing.entered_at = Some(at(self.now));
                self.recruiter_decided = true;
            }
            Happens::RecruiterRejects => {
                self.standing.status = Some(ApplicationStatus::Rejected);
                self.recruiter_decided = true;
            }
            // Afterwards the application is where it was, and the rule may act once more.
            Happens::RecruiterUnrejects => {
                if self.standing.status == Some(ApplicationStatus::Rejected) {
                    self.standing.status = Some(ApplicationStatus::Active);
                    let start = self.standing.entered_at == Some(at(-5));
                    self.recruiter_decided &= !start;
                }
            }
            Happens::RecruiterHires => {
                self.standing.status = Some(ApplicationStatus::Hired);
                self.recruiter_decided = true;
            }
            Happens::Bounds(from, below) => {
                let mode = self.rules.mode;
                let limit = self.rules.daily_limit;
                self.rules = rules(Some(f64::from(from)), Some(f64::from(below)));
                (self.rules.mode, self.rules.daily_limit) = (mode, limit);
            }
            Happens::NextDay => {
                self.day = RuleDay::new(self.day.day.succ_opt().unwrap());
                self.done.of_day = 0;
            }
        }
    }
}

fn happens() -> impl Strategy<Value = Happens> {
    let outcome = prop_oneof![
        3 => Just(Outcome::Carried),
        1 => Just(Outcome::Refused),
        2 => any::<bool>().prop_map(Outcome::Lost),
    ];
    prop_oneof![
        6 => outcome.prop_map(Happens::Run),
        1 => (0..PLAN.len()).prop_map(Happens::RecruiterMoves),
        1 => Just(Happens::RecruiterRejects),
        1 => Just(Happens::RecruiterUnrejects),
        1 => Just(Happens::RecruiterHires),
        2 => (0..=100_u8, 0..=100_u8).prop_map(|(from, below)| Happens::Bounds(from, below)),
        1 => Just(Happens::NextDay),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// No candidate is both moved and rejected, none twice, none after a recruiter's decision, and
    /// none beyond the daily limit.
    #[test]
    fn a_rule_acts_at_most_once_and_never_after_a_recruiter(
        value in proptest::option::weighted(0.95, 0..=100_u8),
        from in proptest::option::of(0..=100_u8),
        below in proptest::option::of(0..=100_u8),
        mode in prop_oneof![4 => Just(RuleMode::On), 1 => Just(RuleMode::DryRun), 1 => Just(RuleMode::Off)],
        limit in 0..3_u32,
        story in proptest::collection::vec(happens(), 0..24),
    ) {
        let value = value.map(|value| score(f64::from(value)));
        let mut rules = rules(from.map(f64::from), below.map(f64::from));
        (rules.mode, rules.daily_limit) = (mode, limit);
        let mut model = Model {
            rules,
            standing: RuleStanding {
                status: Some(ApplicationStatus::Active),
                stage: Some(TEST),
                entered_at: Some(at(-5)),
            },
            history: RuleHistory::default(),
            day: RuleDay::new(at(0).date_naive()),
            lost: false,
            now: 0,
            recruiter_decided: false,
            done: Tally::default(),
        };
        for one in story {
            model.happen(one, value);
            prop_assert!(model.done.of_day <= limit);
            prop_assert!(model.done.moves + model.done.rejections <= 1);
            if mode != RuleMode::On {
                prop_assert_eq!(model.done.moves + model.done.rejections, 0);
            }
        }
    }
}
