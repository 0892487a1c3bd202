//! Texts about the backfill of past results. Refusals are lower-case phrases, each with a remedy.

use greenhouse_core::{
    Text,
    backfill::BackfillRefusal,
    health::Check,
    store::{Backfill, BackfillMode},
    texts,
};

texts! {
    /// Sync log. `failed` is a sentence, or empty.
    fn backfill_done(days: u32, pushed: u64, failed: &str, skipped: u64) =
        "Past results of {days} days: {pushed} were brought over{failed}, and {skipped} were skipped.";

    /// Sync log.
    fn backfill_cancelled(days: u32, pushed: u64, failed: &str, skipped: u64) =
        "Past results of {days} days, cancelled by a person: {pushed} were brought over{failed}, and \
         {skipped} were skipped.";

    fn backfill_unfinished() = "past results are being counted or brought over";

    fn backfill_not_counted() = "past results must be counted before they are brought over";

    fn backfill_other_bounds() = "past results were counted for other days or another selection";

    fn backfill_outdated() = "past results were counted more than a day ago";

    fn backfill_not_running() = "no past results are being counted or brought over";

    fn backfill_not_paused() = "no backfill of past results is paused";

    pub(in crate::push) fn backfill_cannot_list() =
        "the product cannot list its completed assessments, so past results cannot be brought over";

    pub(in crate::push) fn backfill_switched_off() =
        "The push is switched off. Switch it on in the push settings, then resume.";

    pub(in crate::push) fn backfill_product_failed() =
        "The product did not respond. It is asked again.";
}

/// Sync log, at the end of a run.
pub(in crate::push) fn done(record: &Backfill) -> Text {
    let counts = &record.counts;
    let failed = failed(counts.failed);
    backfill_done(record.days, counts.pushed, &failed, counts.skipped_in_all())
}

/// Sync log, after a person has cancelled a run.
pub(in crate::push) fn cancelled(record: &Backfill) -> Text {
    let counts = &record.counts;
    let failed = failed(counts.failed);
    backfill_cancelled(record.days, counts.pushed, &failed, counts.skipped_in_all())
}

fn failed(count: u64) -> String {
    match count {
        0 => String::new(),
        count => format!(", {count} failed and can be retried one by one"),
    }
}

/// The text of a refusal, with its remedy.
pub(in crate::push) fn refusal(refusal: BackfillRefusal) -> (Text, &'static str) {
    match refusal {
        BackfillRefusal::Unfinished => (
            backfill_unfinished(),
            "Wait until it is done, or cancel it first.",
        ),
        BackfillRefusal::OtherBounds => (backfill_other_bounds(), COUNT),
        BackfillRefusal::CountedLongAgo => (backfill_outdated(), COUNT),
        BackfillRefusal::NotRunning => (backfill_not_running(), COUNT),
        BackfillRefusal::NotPaused => (backfill_not_paused(), COUNT),
        _ => (backfill_not_counted(), COUNT),
    }
}

pub(in crate::push) fn check_running(record: &Backfill) -> Check {
    let (ended, all) = record.progress();
    Check::ok(
        "backfill",
        match record.mode {
            BackfillMode::DryRun => "Past results are being counted.".to_owned(),
            BackfillMode::Run => {
                format!("Past results are being brought over: {ended} of {all}.")
            }
        },
    )
}

pub(in crate::push) fn check_paused(record: &Backfill) -> Check {
    let (ended, all) = record.progress();
    let text = format!("Bringing over past results is paused: {ended} of {all}.");
    match &record.reason {
        None => Check::ok("backfill", text),
        Some(reason) => Check::warning(
            "backfill",
            format!("{text} Reason: {reason}"),
            "Solve this, then resume or cancel it in the push settings.",
        ),
    }
}

pub(in crate::push) fn check_stuck(record: &Backfill, since: &str) -> Check {
    let reason = record.reason.as_ref();
    let reason = reason.map_or(String::new(), |reason| format!(" {reason}"));
    Check::warning(
        "backfill",
        format!("Bringing over past results makes no progress since {since}.{reason}"),
        "Check that a server runs the background tasks, and that the product and Greenhouse respond. \
         The sync log shows what each push is waiting for.",
    )
}

pub(in crate::push) fn check_failing(failed: u64, ended: u64) -> Check {
    Check::warning(
        "backfill",
        format!("Of {ended} past results that were brought over, {failed} failed."),
        "Pause it in the push settings, and correct what the failed entries of the sync log name. \
         Then retry them, and resume.",
    )
}

const COUNT: &str = "Count the results first.";
/// Remedy if the product cannot list its completed assessments.
pub(in crate::push) const LIST: &str =
    "Ask the team of the product to list completed assessments, or push each result by hand.";
