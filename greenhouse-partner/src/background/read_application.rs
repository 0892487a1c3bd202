use std::collections::BTreeSet;

use greenhouse_core::{
    ApplicationId, ApplicationSnapshot, ApplicationStatus, ReaderError,
    store::{
        Changes, ClaimedWork, Direction, Link, LogEntry, LogKey, LogStatus, LogSubject, Settlement,
        StoreError,
    },
    sync::{Known, Reading, decide, resolve},
    webhook::{ApplicationEvent, Event, HireEvent},
};

use crate::{PartnerService, service::DECISIONS};

impl PartnerService {
    /// Reads the true state of an application that an event could only hint at.
    pub(super) async fn read_application(
        &self,
        work: &ClaimedWork,
        application: ApplicationId,
        hint: Option<&ApplicationStatus>,
        contradicted: bool,
    ) -> Result<(), StoreError> {
        let seen = self.snapshot(work, application).await;
        if let Err(ReaderError::Unavailable(_)) = &seen {
            return self.again(work).await;
        }
        for _ in 0..DECISIONS {
            let mut known = Known {
                links: self
                    .parts
                    .store
                    .links_to_application(&work.account, application)
                    .await?,
                reader: true,
                now: self.parts.clock.now(),
                settle_time: self.parts.config.settle_time,
            };
            let changes = match &seen {
                Ok(snapshot) => {
                    let reading = Reading {
                        application,
                        snapshot: snapshot.clone(),
                        hint: hint.cloned(),
                        contradicted,
                    };
                    resolve(&reading, &known)
                }
                Err(error) => {
                    known.reader = false;
                    as_it_came(application, hint, &known, error)
                }
            };
            if self.settle(work, changes, Settlement::Done).await? {
                return Ok(());
            }
        }
        Ok(())
    }

    async fn snapshot(
        &self,
        work: &ClaimedWork,
        application: ApplicationId,
    ) -> Result<Option<ApplicationSnapshot>, ReaderError> {
        let reader = self
            .parts
            .reader
            .as_ref()
            .ok_or(ReaderError::NotConfigured)?;
        let found = self
            .read(reader.applications(&work.account, &[application]))
            .await?;
        Ok(found
            .into_iter()
            .find(|snapshot| snapshot.application == application))
    }
}

/// There is nobody to ask, so the hint is applied as it would have been without a reader, and the log says why.
fn as_it_came(
    application: ApplicationId,
    hint: Option<&ApplicationStatus>,
    known: &Known,
    error: &ReaderError,
) -> Changes {
    let mut changes = match hint {
        Some(ApplicationStatus::Hired) => {
            decide(&Event::Hired(HireEvent::new(application)), known).changes
        }
        Some(status) => {
            let mut event = ApplicationEvent::new(application);
            event.status = Some(status.clone());
            decide(&Event::ApplicationUpdated(event), known).changes
        }
        None => deleted_unseen(known),
    };
    for link in known.links.iter().filter(|link| !link.state.deleted) {
        let text =
            format!("Greenhouse could not be asked: {error}. Its report was taken as it came.");
        changes.log.push(settled(link, known, text));
    }
    changes
}

/// That a candidate is gone may mean a merge, so without a reader the links stay, once for each candidate.
fn deleted_unseen(known: &Known) -> Changes {
    let candidates: BTreeSet<_> = known.links.iter().map(|link| link.candidate).collect();
    let mut changes = Changes::none();
    for candidate in candidates {
        let event = Event::CandidateDeleted {
            candidate,
            applications: Vec::new(),
        };
        let decided = decide(&event, known).changes;
        changes.log.extend(decided.log);
        changes.links.extend(decided.links);
        changes.due.extend(decided.due);
    }
    changes
}

fn settled(link: &Link, known: &Known, text: String) -> LogEntry {
    LogEntry::new(
        known.now,
        Direction::FromGreenhouse,
        LogSubject::Event,
        LogStatus::Done,
        text,
    )
    .keyed(LogKey::hint(&link.assessment, link.application))
    .about_assessment(link.assessment.clone())
    .about_application(link.application)
}
