//! What an empty look-up proves.

use chrono::{DateTime, Utc};
use greenhouse_core::{
    JobId, later,
    store::{JournalMark, Push, PushStep},
};

use super::{
    failure::Stop,
    journal::{Absence, begun_at, end_lease, not_seen, weigh},
    run::{Kit, Run},
};
use crate::{Error, reader::SITE_ADMIN};

impl Run<'_> {
    /// Whether a look-up that has just found nothing proves that there is nothing, so that it may be written.
    ///
    /// It does for a reader that is known to see (for the application: the mapped job as well), and once the settle time of
    /// every write has passed whose outcome is unknown: this push's own, and for the candidate and the application that of
    /// any push of the same person. Then a second look-up has to find nothing, too: until it is time for that the push
    /// is queued again, so that nothing else waits for it.
    pub(super) async fn proves_absence(&mut self, kit: &Kit, step: PushStep) -> Result<(), Stop> {
        let config = &self.service.parts.config;
        let absence = weigh(
            self.unsettled_since(step),
            not_seen(&self.push, step),
            self.service.now(),
            config.settle_time,
            config.second_look,
        );
        if let Absence::Unsettled(until) = absence {
            return Err(Stop::unsettled(step, "not_settled", until));
        }
        self.sees(kit, step).await?;
        match absence {
            Absence::Proven | Absence::Unsettled(_) => Ok(()),
            Absence::SeenOnce(at) => Err(Stop::look_again(step, at)),
            Absence::First => {
                self.mark(&[step], &JournalMark::NotSeen);
                let at = later(self.service.now(), config.second_look);
                Err(Stop::look_again(step, at))
            }
        }
    }

    /// Whether the reader is known to see what is looked for.
    pub(super) async fn sees(&self, kit: &Kit, step: PushStep) -> Result<(), Stop> {
        match kit.reads.sees().await {
            Ok(true) => {}
            Ok(false) => return Err(blind(step)),
            Err(error @ (Error::Auth { .. } | Error::Store { .. })) => {
                return Err(Stop::harvest(step, "say who is acting", &error));
            }
            Err(_) => {
                return Err(Stop::failed(
                    step,
                    "reader_unknown",
                    "Greenhouse could not say whether the acting user sees every record, so nothing was written. Retry.",
                ));
            }
        }
        match kit.plan.mapping {
            Some(mapping) if step == PushStep::Application => self.sees_job(kit, mapping.job).await,
            _ => Ok(()),
        }
    }

    /// The applications of a job that is hidden are hidden, too.
    async fn sees_job(&self, kit: &Kit, job: JobId) -> Result<(), Stop> {
        let step = PushStep::Application;
        let shown = kit.reads.shows_job(job).await;
        if shown.map_err(|error| Stop::harvest(step, "look for the mapped job", &error))? {
            return Ok(());
        }
        let text = format!(
            "Job {job} is not in the acting user's own list, so an application on it could be hidden. Nothing was written. \
             Add the acting user to the job's hiring team, or map another job."
        );
        Err(Stop::failed(step, "job_hidden", text))
    }

    /// What is not shown although it must be there may have been made only just now, by this push or another of the person:
    /// then it is looked for again once lists have caught up, instead of this stop.
    pub(super) fn unless_young(&self, step: PushStep, stop: Stop) -> Stop {
        let all = self.kin.iter().chain([&self.push]);
        let made = all.filter_map(|push| push.mark(step));
        let made = made.filter(|line| matches!(line.mark, JournalMark::Done { .. }));
        let settle_time = self.service.parts.config.settle_time;
        let until = made.map(|line| later(line.at, settle_time)).max();
        match until.filter(|until| self.service.now() < *until) {
            Some(until) => Stop::Again(until, CATCHING_UP.to_owned()),
            None => stop,
        }
    }

    /// The stop after a write of unknown outcome that a first look-up has not found.
    pub(super) fn unknown_outcome(&self, step: PushStep) -> Stop {
        let since = self.unsettled_since(step).unwrap_or(self.service.now());
        let until = later(since, self.service.parts.config.settle_time);
        Stop::unsettled(step, "unknown_outcome", until)
    }

    fn unsettled_since(&self, step: PushStep) -> Option<DateTime<Utc>> {
        let own = self.unknown_since(step);
        let shared = matches!(step, PushStep::Candidate | PushStep::Application);
        let of_kin = self.kin.iter().filter(|_| shared);
        of_kin
            .filter_map(|push| begun_at(&ended(push), step))
            .chain(own)
            .max()
    }
}

/// Nobody is at the person's other pushes: one that reads as running was interrupted.
pub(super) fn ended(push: &Push) -> Push {
    let mut push = push.clone();
    end_lease(&mut push);
    push
}

fn blind(step: PushStep) -> Stop {
    let text = format!(
        "Nothing was found in Greenhouse, and that proves nothing: neither the acting user nor the credential's own user is \
         known to see every record. Nothing was written. {SITE_ADMIN}"
    );
    Stop::failed(step, "reader_blind", text)
}

const CATCHING_UP: &str = "Waits for Greenhouse's lists to show what was written only just now.";
