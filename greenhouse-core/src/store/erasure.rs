use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::PersonKey;
use crate::CandidateId;

/// Erase what is stored of one person, in every table: names and addresses in invitations, keys that were made of an
/// address in invitations and pushes, and every kept body that is known to name them. Ids and links stay; the links are
/// marked, so that nothing erased is kept again.
///
/// The body of a delivery that could not be read names nobody that is known: it goes with the retention time alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Erasure {
    /// Whose data.
    pub person: Erased,
    /// Which of it, in the words of `candidate_anonymized`; none for all of it.
    pub fields: Option<BTreeSet<String>>,
}

/// Whose data is erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Erased {
    /// Everything about this candidate.
    Candidate(CandidateId),
    /// Everything about whoever has this e-mail address, and about the candidates that they are in Greenhouse as far as
    /// an invitation or a push tells.
    Person(PersonKey),
}

impl Erasure {
    /// Erase everything that is stored of this candidate.
    pub fn everything(candidate: CandidateId) -> Self {
        Self {
            person: Erased::Candidate(candidate),
            fields: None,
        }
    }

    /// Erase only these fields.
    pub fn fields(candidate: CandidateId, fields: BTreeSet<String>) -> Self {
        Self {
            person: Erased::Candidate(candidate),
            fields: Some(fields),
        }
    }

    /// Erase everything that is stored of whoever has this e-mail address.
    pub fn everything_of(person: PersonKey) -> Self {
        Self {
            person: Erased::Person(person),
            fields: None,
        }
    }

    /// Whether the names of a person are to go.
    pub fn takes_name(&self) -> bool {
        self.takes(&["full_name", "first_name", "last_name", "preferred_name"])
    }

    /// Whether the e-mail addresses are to go.
    pub fn takes_email(&self) -> bool {
        self.takes(&["email_addresses", "emails"])
    }

    fn takes(&self, names: &[&str]) -> bool {
        self.fields
            .as_ref()
            .is_none_or(|fields| names.iter().any(|name| fields.contains(*name)))
    }
}
