//! The operating system user that runs PostgreSQL's programs.

use std::{
    fs,
    os::unix::{fs::MetadataExt, process::CommandExt},
    path::Path,
    process::Command,
};

use super::{Unavailable, programs};

/// A user other than the one that runs the tests.
#[derive(Debug, Clone, Copy)]
pub(super) struct User {
    id: u32,
    group: u32,
}

impl User {
    /// Returns the user `postgres` if the tests run as root, because PostgreSQL refuses to run as
    /// root. Makes this user the owner of the folder.
    pub(super) fn for_programs(folder: &Path) -> Result<Option<Self>, Unavailable> {
        let owner = fs::metadata(folder)
            .map_err(Unavailable::from_io("cannot read the temporary folder"))?;
        if owner.uid() != 0 {
            return Ok(None);
        }
        let id_of = |flag: &str| {
            let id = programs::run(Command::new("id").args([flag, "postgres"])).ok()?;
            String::from_utf8(id).ok()?.trim().parse().ok()
        };
        let user = id_of("-u")
            .zip(id_of("-g"))
            .map(|(id, group)| Self { id, group })
            .ok_or_else(|| {
                Unavailable::new(
                    "PostgreSQL cannot run as root, and the user postgres does not exist",
                )
            })?;
        user.take_ownership(folder).map_err(Unavailable::from_io(
            "cannot change the owner of the temporary folder",
        ))?;
        Ok(Some(user))
    }

    pub(super) fn apply_to(self, command: &mut Command) {
        command.uid(self.id).gid(self.group);
    }

    pub(super) fn take_ownership(self, file: &Path) -> std::io::Result<()> {
        std::os::unix::fs::chown(file, Some(self.id), Some(self.group))
    }
}
