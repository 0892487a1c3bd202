use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use super::Unavailable;

/// The folder of PostgreSQL's programs.
#[derive(Debug, Clone)]
pub(super) struct Programs {
    folder: PathBuf,
}

impl Programs {
    /// All of them: whoever runs a server has the clients, too.
    pub(super) fn of_server() -> Result<Self, Unavailable> {
        Self::find(&["initdb", "pg_ctl", "postgres", "createdb", "pg_dump"])
    }

    /// Those that need a server elsewhere.
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
                "{names} are not installed together in any known folder"
            ))
        })
    }
}

/// Runs to the end and answers what was printed.
pub(super) fn run(command: &mut Command) -> Result<Vec<u8>, Unavailable> {
    let name = Path::new(command.get_program())
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let output = command
        .output()
        .map_err(|error| Unavailable::new(format!("{name} does not start: {error}")))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Unavailable::new(format!("{name} says: {}", said.trim())))
}

fn configured() -> Option<PathBuf> {
    let folder = run(Command::new("pg_config").arg("--bindir")).ok()?;
    Some(PathBuf::from(String::from_utf8(folder).ok()?.trim()))
}

/// A link on the path leads to the folder where the other programs are.
fn on_path(names: &[&str]) -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    let linked = folders.iter().filter_map(|folder| {
        let program = folder.join(names.first()?).canonicalize().ok()?;
        program.parent().map(Path::to_path_buf)
    });
    folders.iter().cloned().chain(linked).collect()
}

/// Where Debian puts them, newest first.
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
