//! Progress on standard error: a bar on a terminal, otherwise a line now and then.

use std::{
    io::{self, IsTerminal as _},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use greenhouse_core::{
    backfill::BackfillSkip,
    store::{BackfillMode, BackfillState},
};
use greenhouse_harvest::BackfillView;
use indicatif::{ProgressBar, ProgressStyle};

pub(super) struct Progress {
    /// `None` if standard error is no terminal.
    bar: Option<ProgressBar>,
    line_at: Option<DateTime<Utc>>,
}

impl Progress {
    pub(super) fn start() -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(0);
            let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar
        });
        Self { bar, line_at: None }
    }

    pub(super) fn show(&mut self, view: &BackfillView, now: DateTime<Utc>) {
        if let Some(bar) = &self.bar {
            let (ended, all) = match view.mode {
                BackfillMode::DryRun => (view.counts.seen, view.counts.seen),
                BackfillMode::Run => view.progress(),
            };
            bar.set_length(all);
            bar.set_position(ended);
            bar.set_message(message(view));
            return;
        }
        let is_due = self.line_at.is_none_or(|last| now >= last + EVERY);
        if is_due {
            self.line_at = Some(now);
            eprintln!("{}", line(view));
        }
    }

    pub(super) fn end(&self, view: &BackfillView) {
        match &self.bar {
            Some(bar) => bar.finish_with_message(message(view)),
            None => eprintln!("{}", line(view)),
        }
    }
}

fn line(view: &BackfillView) -> String {
    let (ended, all) = view.progress();
    match view.mode {
        BackfillMode::DryRun => format!("counted {}: {}", view.counts.seen, message(view)),
        BackfillMode::Run => format!("{ended} of {all}: {}", message(view)),
    }
}

/// The numbers, and the remaining time.
fn message(view: &BackfillView) -> String {
    let counts = &view.counts;
    let skipped = counts.skipped_in_all();
    if view.mode == BackfillMode::DryRun {
        return format!("{} to push, {skipped} skipped", counts.taken);
    }
    let mut text = format!(
        "{} pushed, {} failed, {skipped} skipped",
        counts.pushed, counts.failed
    );
    if view.waiting > 0 {
        text.push_str(&format!(", {} in progress", view.waiting));
    }
    match (view.state, view.seconds_left) {
        (BackfillState::Running, Some(left)) if left > 0 => {
            text.push_str(&format!(", about {} left", duration(left)));
        }
        (BackfillState::Paused, _) => text.push_str(", paused"),
        _ => {}
    }
    text
}

/// Result of a dry run.
pub(super) fn counted(view: &BackfillView) -> String {
    let counts = &view.counts;
    let (taken, seen) = (counts.taken, counts.seen);
    let time = match view.seconds_left {
        Some(left) if taken > 0 => format!(", in about {}", duration(left)),
        _ => String::new(),
    };
    format!("{taken} of {seen} completed assessments would be pushed{time}")
}

/// Number of skipped assessments, with one line for each reason.
pub(super) fn skipped(view: &BackfillView) -> Vec<String> {
    let counts = view.counts.skipped.iter();
    counts
        .map(|(skip, count)| format!("skipped {count}: {}", reason(*skip)))
        .collect()
}

fn reason(skip: BackfillSkip) -> &'static str {
    match skip {
        BackfillSkip::Known => "pushed before, waiting or failed",
        BackfillSkip::Invited => {
            "requested by Greenhouse, and results of invitations are switched off"
        }
        BackfillSkip::InvitedWithoutApplication => {
            "requested by Greenhouse for an application that is not known"
        }
        BackfillSkip::OutOfScope => "not requested by Greenhouse",
        BackfillSkip::NoScore => "without a score, which the trigger requires",
        BackfillSkip::BelowMinimum => "score too low for the trigger",
        BackfillSkip::NoMapping => "the job is not mapped",
        BackfillSkip::NoContact => "the name or a valid email address is missing",
        BackfillSkip::NotCompleted => "not completed any more",
        _ => "the product did not return them",
    }
}

/// The two largest units, at least seconds.
fn duration(seconds: u64) -> String {
    let rounded = match seconds {
        0..120 => seconds,
        120..7200 => seconds / 60 * 60,
        _ => seconds / 3600 * 3600,
    };
    humantime::format_duration(Duration::from_secs(rounded)).to_string()
}

/// Time between two lines.
const EVERY: TimeDelta = TimeDelta::seconds(10);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rounded() {
        for (seconds, shown) in [
            (59, "59s"),
            (119, "1m 59s"),
            (121, "2m"),
            (3599, "59m"),
            (7199, "1h 59m"),
            (90_000, "1day 1h"),
        ] {
            assert_eq!(duration(seconds), shown);
        }
    }

    #[test]
    fn every_reason_has_its_own_words() {
        let words: std::collections::BTreeSet<_> = BackfillSkip::ALL.map(reason).into();
        assert_eq!(words.len(), BackfillSkip::ALL.len());
    }
}
