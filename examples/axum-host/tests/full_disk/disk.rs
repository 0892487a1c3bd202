use std::{
    fs::{self, File},
    io::{ErrorKind, Write},
    process::Command,
};

use tempfile::TempDir;

/// A small in-memory file system, mounted until the value is dropped.
pub(crate) struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    /// Mounts the file system. The error says why it cannot be mounted.
    pub(crate) fn mount() -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", SIZE, "tmpfs"]);
        let mounted = mount.arg(folder.path()).output();
        let mounted = mounted.map_err(|error| format!("mount: {error}"))?;
        if mounted.status.success() {
            return Ok(Self { folder });
        }
        let why = String::from_utf8_lossy(&mounted.stderr);
        Err(why.trim().to_owned())
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// Fills the file system completely.
    pub(crate) fn fill(&self) {
        let mut ballast = File::create(self.path(BALLAST)).unwrap();
        for size in [1 << 20, 1 << 12] {
            let block = vec![0; size];
            let full = loop {
                if let Err(error) = ballast.write_all(&block) {
                    break error;
                }
            };
            assert_eq!(full.kind(), ErrorKind::StorageFull);
        }
    }

    pub(crate) fn empty(&self) {
        fs::remove_file(self.path(BALLAST)).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount")
            .arg("-l")
            .arg(self.folder.path())
            .status();
        if !unmounted.is_ok_and(|status| status.success()) {
            eprintln!("{} is still mounted", self.folder.path().display());
        }
    }
}

/// Larger than the free space that the doctor requires.
const SIZE: &str = "size=48m";
const BALLAST: &str = "ballast";
