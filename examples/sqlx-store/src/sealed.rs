//! Texts and bytes of columns that are sealed.

use std::str;

use greenhouse_core::{Secret, store::StoreError};

use crate::{
    error::unsealed,
    seal::{MasterKeys, Place},
};

impl MasterKeys {
    pub(crate) fn seal_bytes(
        &self,
        place: &Place<'_>,
        plain: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        self.seal(place, plain).map_err(unsealed)
    }

    pub(crate) fn seal_text(
        &self,
        place: &Place<'_>,
        secret: &Secret,
    ) -> Result<Vec<u8>, StoreError> {
        self.seal_bytes(place, secret.expose().as_bytes())
    }

    /// Seals with the current key what one of the keys sealed.
    pub(crate) fn seal_again(
        &self,
        place: &Place<'_>,
        sealed: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        let plain = self.open(place, sealed).map_err(unsealed)?;
        self.seal_bytes(place, &plain)
    }

    pub(crate) fn open_text(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Secret, StoreError> {
        let plain = self.open(place, sealed).map_err(unsealed)?;
        match str::from_utf8(&plain) {
            Ok(text) => Ok(Secret::new(text)),
            Err(_) => Err(StoreError::corrupt("a sealed text is no text")),
        }
    }
}
