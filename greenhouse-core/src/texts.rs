//! Texts for recruiters and admins, in one file per topic.

pub(crate) mod accounts;
pub(crate) mod clock;
pub(crate) mod operator;
pub(crate) mod parking;
pub(crate) mod scorecard;
pub(crate) mod secret;
pub(crate) mod sync;
pub(crate) mod trigger;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_unique() {
        let codes = [
            super::accounts::CODES,
            super::operator::CODES,
            super::parking::CODES,
            super::secret::CODES,
            super::sync::CODES,
            super::trigger::CODES,
        ]
        .concat();
        let unique: BTreeSet<_> = codes.iter().collect();
        assert_eq!(unique.len(), codes.len(), "{codes:?}");
    }
}
