use std::fmt;

use bytes::Bytes;
use url::Url;

/// Contact data and résumé of a candidate, for the candidate that a push creates in Greenhouse.
/// Everything is optional. Debug shows no personal data.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CandidateProfile {
    /// Phone numbers.
    pub phone_numbers: Vec<String>,
    /// Pages about the candidate, such as a portfolio or a profile in a social network.
    pub links: Vec<Url>,
    /// Résumé.
    pub resume: Option<ResumeFile>,
}

impl fmt::Debug for CandidateProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CandidateProfile(..)")
    }
}

/// Résumé as a file. Debug omits the content.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResumeFile {
    /// File name extension without the dot, such as `pdf` or `docx`.
    pub extension: String,
    /// Content of the file.
    pub content: Bytes,
}

impl ResumeFile {
    /// Creates a résumé. `extension` has no dot: `pdf`, `docx`, ...
    pub fn new(extension: impl Into<String>, content: Bytes) -> Self {
        Self {
            extension: extension.into(),
            content,
        }
    }
}

impl fmt::Debug for ResumeFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResumeFile(..)")
    }
}
