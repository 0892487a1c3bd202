//! Every text of the pages, except those that the operator endpoints return.
//!
//! A translation is a constant of the type [`Texts`]. A missing text does not compile.

mod activity;
mod assessments;
mod button;
mod catalogue;
mod common;
mod connection;
mod health;
mod help;
mod jobs;
mod past;
mod push;
mod results;
mod scorecard;
mod stage_tests;
mod sync;
mod triggers;

use self::catalogue::catalogue;

pub(crate) use self::catalogue::fill;
pub use self::{
    activity::ActivityTexts, assessments::AssessmentsTexts, button::ButtonTexts, catalogue::Plural,
    common::CommonTexts, connection::ConnectionTexts, health::HealthTexts, help::HelpTexts,
    jobs::JobsTexts, past::PastTexts, push::PushTexts, results::ResultsTexts,
    scorecard::ScorecardTexts, stage_tests::StageTestsTexts, sync::SyncTexts,
    triggers::TriggersTexts,
};

/// Texts of all pages in one language. A word in braces, such as `{count}`, is replaced by a value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // The name of a page says it.
pub struct Texts {
    /// Language of the texts, such as `en`.
    pub language: &'static str,
    /// `ltr` or `rtl`.
    pub direction: &'static str,
    pub common: CommonTexts,
    pub assessments: AssessmentsTexts,
    pub push: PushTexts,
    pub connection: ConnectionTexts,
    pub jobs: JobsTexts,
    pub scorecard: ScorecardTexts,
    pub triggers: TriggersTexts,
    pub results: ResultsTexts,
    pub stage_tests: StageTestsTexts,
    pub sync: SyncTexts,
    pub past: PastTexts,
    pub health: HealthTexts,
    pub activity: ActivityTexts,
    pub button: ButtonTexts,
    pub help: HelpTexts,
}

impl Texts {
    /// The English texts.
    pub const ENGLISH: Self = Self {
        language: "en",
        direction: "ltr",
        common: CommonTexts::ENGLISH,
        assessments: AssessmentsTexts::ENGLISH,
        push: PushTexts::ENGLISH,
        connection: ConnectionTexts::ENGLISH,
        jobs: JobsTexts::ENGLISH,
        scorecard: ScorecardTexts::ENGLISH,
        triggers: TriggersTexts::ENGLISH,
        results: ResultsTexts::ENGLISH,
        stage_tests: StageTestsTexts::ENGLISH,
        sync: SyncTexts::ENGLISH,
        past: PastTexts::ENGLISH,
        health: HealthTexts::ENGLISH,
        activity: ActivityTexts::ENGLISH,
        button: ButtonTexts::ENGLISH,
        help: HelpTexts::ENGLISH,
    };
}
