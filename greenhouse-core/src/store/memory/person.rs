use super::AccountRows;
use crate::{
    AccountId, ApplicationId, CandidateId,
    store::{BodyKept, Erased, ErasedPart, Erasure, Invitation, Merge, PersonKey, Push},
};

impl AccountRows {
    pub(super) fn merge(&mut self, merge: &Merge) {
        let (loser, winner) = (Some(merge.loser), Some(merge.winner));
        self.invitations
            .update(|row| row.candidate == loser, |row| row.candidate = winner);
        self.pushes
            .update(|row| row.candidate == loser, |row| row.candidate = winner);
        for (key, delivery) in &self.deliveries {
            if self.about.get(key).copied() == loser && delivery.body != BodyKept::No {
                self.about.insert(key.clone(), merge.winner);
            }
        }
    }

    pub(super) fn erase(&mut self, account: &AccountId, erasure: &Erasure) {
        let candidates = match &erasure.person {
            Erased::Candidate(candidate) => vec![*candidate],
            Erased::Everyone => {
                self.erase_everyone(erasure);
                Vec::new()
            }
            Erased::Person(person) => {
                let candidates = self.candidates_of(account, person);
                self.erase_records(
                    erasure,
                    None,
                    |invitation| is_of(account, invitation, person),
                    |push| push.person.as_ref() == Some(person),
                );
                candidates
            }
        };
        for candidate in candidates {
            let persons = self.persons_of(candidate);
            // Pushes of these people without a candidate can only go to this candidate.
            let is_unplaced = |push: &Push| {
                let person = push.person.as_ref();
                push.candidate.is_none() && person.is_some_and(|person| persons.contains(person))
            };
            self.erase_records(
                erasure,
                Some(candidate),
                |invitation| invitation.candidate == Some(candidate),
                |push| push.candidate == Some(candidate) || is_unplaced(push),
            );
            if erasure.erases(ErasedPart::Bodies) {
                self.erase_bodies(candidate);
            }
            self.links.update(
                |link| link.candidate == candidate && link.clone().erase(erasure),
                |link| {
                    link.erase(erasure);
                },
            );
        }
    }

    fn erase_everyone(&mut self, erasure: &Erasure) {
        self.erase_records(erasure, None, |_| true, |_| true);
        for delivery in self.deliveries.values_mut() {
            delivery.body = BodyKept::No;
        }
        self.links.update(
            |link| link.clone().erase(erasure),
            |link| {
                link.erase(erasure);
            },
        );
    }

    fn erase_records(
        &mut self,
        erasure: &Erasure,
        candidate: Option<CandidateId>,
        invitation: impl Fn(&Invitation) -> bool,
        push: impl Fn(&Push) -> bool,
    ) {
        self.invitations.update(
            |row| invitation(row) && row.clone().erase(erasure),
            |row| {
                row.erase(erasure);
            },
        );
        self.pushes.update(
            |row| push(row) && row.clone().erase(erasure, candidate),
            |row| {
                row.erase(erasure, candidate);
            },
        );
    }

    /// People whose pushes went to this candidate.
    fn persons_of(&self, candidate: CandidateId) -> Vec<PersonKey> {
        let pushed = self.pushes.rows();
        let pushed = pushed.filter(|push| push.candidate == Some(candidate));
        pushed.filter_map(|push| push.person.clone()).collect()
    }

    /// A body is erased whole, even if only some of its data is to be erased.
    fn erase_bodies(&mut self, candidate: CandidateId) {
        let linked: Vec<ApplicationId> = self
            .links
            .rows()
            .filter(|link| link.candidate == candidate)
            .map(|link| link.application)
            .collect();
        for (key, delivery) in &mut self.deliveries {
            let about = self.about.get(key).copied();
            let concerned = delivery.event.as_ref().is_some_and(|event| {
                about == Some(candidate)
                    || event
                        .applications()
                        .iter()
                        .any(|application| linked.contains(application))
            });
            if concerned {
                delivery.body = BodyKept::No;
            }
        }
    }

    fn candidates_of(&self, account: &AccountId, person: &PersonKey) -> Vec<CandidateId> {
        let invited = self
            .invitations
            .rows()
            .filter(|invitation| is_of(account, invitation, person))
            .filter_map(|invitation| invitation.candidate);
        let pushed = self
            .pushes
            .rows()
            .filter(|push| push.person.as_ref() == Some(person))
            .filter_map(|push| push.candidate);
        let mut candidates: Vec<_> = invited.chain(pushed).collect();
        candidates.sort();
        candidates.dedup();
        candidates
    }
}

fn is_of(account: &AccountId, invitation: &Invitation, person: &PersonKey) -> bool {
    invitation.person.key(account).as_ref() == Some(person)
}
