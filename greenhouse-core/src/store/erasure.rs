use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::PersonKey;
use crate::CandidateId;

/// Erasure of one person's data in every table: names and addresses in invitations, keys derived
/// from an address in invitations and pushes, and every kept body that is known to concern the
/// person. Ids and links stay. The links are marked, so that no later body is kept.
///
/// The body of an unreadable delivery is not known to concern anyone. Retention removes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Erasure {
    /// Person to erase.
    pub person: Erased,
    /// Fields to erase, as in `candidate_anonymized`. `None` for all.
    pub fields: Option<BTreeSet<String>>,
}

/// Person to erase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Erased {
    /// The person who is this candidate.
    Candidate(CandidateId),
    /// The person with this e-mail address, including each of their candidates that an invitation
    /// or a push names.
    Person(PersonKey),
}

impl Erasure {
    /// Creates an erasure of all stored data about a candidate.
    pub fn everything(candidate: CandidateId) -> Self {
        Self {
            person: Erased::Candidate(candidate),
            fields: None,
        }
    }

    /// Creates an erasure of only these fields of a candidate.
    pub fn fields(candidate: CandidateId, fields: BTreeSet<String>) -> Self {
        Self {
            person: Erased::Candidate(candidate),
            fields: Some(fields),
        }
    }

    /// Creates an erasure of all stored data about the person with this e-mail address.
    pub fn everything_of(person: PersonKey) -> Self {
        Self {
            person: Erased::Person(person),
            fields: None,
        }
    }

    /// Returns `true` if names are erased.
    pub fn erases_name(&self) -> bool {
        self.erases_any(&["full_name", "first_name", "last_name", "preferred_name"])
    }

    /// Returns `true` if e-mail addresses are erased.
    pub fn erases_email(&self) -> bool {
        self.erases_any(&["email_addresses", "emails"])
    }

    fn erases_any(&self, names: &[&str]) -> bool {
        self.fields
            .as_ref()
            .is_none_or(|fields| names.iter().any(|name| fields.contains(*name)))
    }
}
