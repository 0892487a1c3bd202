//! The user that PostgreSQL's programs run as.

use std::{
    fs,
    os::unix::{fs::MetadataExt, process::CommandExt},
    path::Path,
    process::Command,
};

use super::{Unavailable, programs};

/// Whom the programs run as, where that is not who runs the tests.
#[derive(Debug, Clone, Copy)]
pub(super) struct User {
    id: u32,
    group: u32,
}

impl User {
    /// PostgreSQL refuses to be root. The folder becomes the user's.
    pub(super) fn to_run_as(folder: &Path) -> Result<Option<Self>, Unavailable> {
        let owner =
            fs::metadata(folder).map_err(Unavailable::from_io("the temporary folder is gone"))?;
        if owner.uid() != 0 {
            return Ok(None);
        }
        let number = |which: &str| {
            let id = programs::run(Command::new("id").args([which, "postgres"])).ok()?;
            String::from_utf8(id).ok()?.trim().parse().ok()
        };
        let user = number("-u")
            .zip(number("-g"))
            .map(|(id, group)| Self { id, group })
            .ok_or_else(|| {
                Unavailable::new("this is root, and there is no user postgres to run it as")
            })?;
        user.owns(folder).map_err(Unavailable::from_io(
            "the temporary folder cannot be given away",
        ))?;
        Ok(Some(user))
    }

    pub(super) fn applied(self, command: &mut Command) {
        command.uid(self.id).gid(self.group);
    }

    pub(super) fn owns(self, file: &Path) -> std::io::Result<()> {
        std::os::unix::fs::chown(file, Some(self.id), Some(self.group))
    }
}
