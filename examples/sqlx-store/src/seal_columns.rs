//! Sealing and opening of column values.

use std::str;

use greenhouse_core::{Secret, store::StoreError};

use crate::{
    error::seal_error,
    seal::{MasterKeys, SealContext},
};

impl MasterKeys {
    pub(crate) fn seal_bytes(
        &self,
        context: &SealContext<'_>,
        plain: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        self.seal(context, plain).map_err(seal_error)
    }

    pub(crate) fn seal_text(
        &self,
        context: &SealContext<'_>,
        secret: &Secret,
    ) -> Result<Vec<u8>, StoreError> {
        self.seal_bytes(context, secret.expose().as_bytes())
    }

    /// Decrypts a value with any key and encrypts it with the current one.
    pub(crate) fn seal_again(
        &self,
        context: &SealContext<'_>,
        sealed: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        let plain = self.open(context, sealed).map_err(seal_error)?;
        self.seal_bytes(context, &plain)
    }

    pub(crate) fn open_text(
        &self,
        context: &SealContext<'_>,
        sealed: &[u8],
    ) -> Result<Secret, StoreError> {
        let plain = self.open(context, sealed).map_err(seal_error)?;
        match str::from_utf8(&plain) {
            Ok(text) => Ok(Secret::new(text)),
            Err(_) => Err(StoreError::corrupt("a sealed text is not valid UTF-8")),
        }
    }
}
