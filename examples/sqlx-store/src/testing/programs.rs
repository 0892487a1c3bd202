use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use super::Unavailable;

/// The folder with PostgreSQL's programs.
#[derive(Debug, Clone)]
pub(super) struct Programs {
    folder: PathBuf,
}

impl Programs {
    /// Finds the server and client programs.
    pub(super) fn of_server() -> Result<Self, Unavailable> {
        Self::find(&["initdb", "pg_ctl", "postgres", "createdb", "pg_dump"])
    }

    /// Finds the client programs.
    pub(super) fn of_client() -> Result<Self, Unavailable> {
        Self::find(&["createdb", "dropdb", "pg_dump"])
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(super) fn command(&self, name: &str) -> Command {
        Command::new(self.path(name))
    }

    fn find(names: &[&str]) -> Result<Self, Unavailable> {
        let holds_all = |folder: &PathBuf| names.iter().all(|name| folder.join(name).is_file());
        let folder = configured()
            .into_iter()
            .chain(on_path(names))
            .chain(installed())
            .find(holds_all);
        folder.map(|folder| Self { folder }).ok_or_else(|| {
            let names = names.join(", ");
            Unavailable::new(format!(
                "no folder contains all of the programs {names}: install PostgreSQL"
            ))
        })
    }
}

/// Runs the command and returns its output.
pub(super) fn run(command: &mut Command) -> Result<Vec<u8>, Unavailable> {
    let name = Path::new(command.get_program())
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let output = command
        .output()
        .map_err(|error| Unavailable::new(format!("cannot start {name}: {error}")))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let message = String::from_utf8_lossy(&output.stderr);
    Err(Unavailable::new(format!(
        "{name} failed: {}",
        message.trim()
    )))
}

fn configured() -> Option<PathBuf> {
    let folder = run(Command::new("pg_config").arg("--bindir")).ok()?;
    Some(PathBuf::from(String::from_utf8(folder).ok()?.trim()))
}

/// Returns the folders in PATH, and the folders that links in PATH point to.
fn on_path(names: &[&str]) -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    let linked = folders.iter().filter_map(|folder| {
        let program = folder.join(names.first()?).canonicalize().ok()?;
        program.parent().map(Path::to_path_buf)
    });
    folders.iter().cloned().chain(linked).collect()
}

/// Returns the folders of Debian's packages, newest version first.
fn installed() -> Vec<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = Path::new("/usr/lib/postgresql")
        .read_dir()
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    versions.sort();
    versions.into_iter().rev().map(|(_, path)| path).collect()
}
