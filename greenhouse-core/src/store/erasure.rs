use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{ErasedPart, PersonKey, anonymized_words};
use crate::CandidateId;

/// Erasure of the data of one person, or of everyone in the account, in every table: parts of
/// invitations, keys derived from an address in invitations and pushes, and every kept body that is
/// known to concern the person. Ids and links stay.
///
/// The body of an unreadable delivery is not known to concern anyone. Retention removes it, unless
/// [everyone](Self::everyone) is erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Erasure {
    /// Person whose data is erased, or everyone.
    pub person: Erased,
    /// Fields to erase, as in `candidate_anonymized`. `None` for all.
    pub fields: Option<BTreeSet<String>>,
}

/// Selection of the people whose data is erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Erased {
    /// The person who is this candidate.
    Candidate(CandidateId),
    /// Every person of the account.
    Everyone,
    /// The person with this e-mail address, including every candidate in the person's invitations
    /// and pushes.
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

    /// Creates an erasure of the data that these words of `anonymized_fields` cover. Everything is
    /// erased if a word is unknown, because it may cover stored data, or if there are no words.
    pub fn fields(candidate: CandidateId, fields: BTreeSet<String>) -> Self {
        Self {
            person: Erased::Candidate(candidate),
            fields: anonymized_words::all_known(fields),
        }
    }

    /// Creates an erasure of all stored data about every person in the account, and of every kept
    /// body.
    pub fn everyone() -> Self {
        Self {
            person: Erased::Everyone,
            fields: None,
        }
    }

    /// Creates an erasure of all stored data about the person with this e-mail address.
    pub fn everything_of(person: PersonKey) -> Self {
        Self {
            person: Erased::Person(person),
            fields: None,
        }
    }

    /// Returns `true` if everything is erased. Then nothing more is pushed for the person.
    pub fn is_everything(&self) -> bool {
        self.fields.is_none()
    }

    /// Returns `true` if this part is erased.
    pub fn erases(&self, part: ErasedPart) -> bool {
        self.fields.as_ref().is_none_or(|fields| {
            fields
                .iter()
                .any(|word| anonymized_words::names(word, part))
        })
    }

    /// Parts that are erased, in order.
    pub fn parts(&self) -> impl Iterator<Item = ErasedPart> {
        ErasedPart::ALL
            .into_iter()
            .filter(|part| self.erases(*part))
    }
}
