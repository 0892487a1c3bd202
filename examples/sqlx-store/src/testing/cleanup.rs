use std::{
    fmt,
    io::Write,
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::{Mutex, PoisonError},
};

use super::{Unavailable, programs::Programs, user::User};

/// A process that cleans up when the pipe to it is closed. The operating system closes the pipe
/// however this process ends.
pub(super) struct CleanupProcess {
    process: Child,
    pipe: Mutex<Option<ChildStdin>>,
}

impl CleanupProcess {
    /// Starts a process that stops the cluster in the folder and removes the folder.
    pub(super) fn of_cluster(
        programs: &Programs,
        user: Option<User>,
        folder: &Path,
        data: &Path,
    ) -> Result<Self, Unavailable> {
        let mut shell = shell(END_CLUSTER);
        shell
            .args([programs.path("pg_ctl").as_path(), data, folder])
            .current_dir("/");
        if let Some(user) = user {
            user.apply_to(&mut shell);
        }
        Self::spawn(shell)
    }

    /// Starts a process that drops the registered databases.
    pub(super) fn of_databases(programs: &Programs, url: &str) -> Result<Self, Unavailable> {
        let mut shell = shell(DROP_DATABASES);
        // Passed in the environment, because a URL can contain a password and every user can read
        // arguments.
        shell.arg(programs.path("dropdb")).env("URL", url);
        Self::spawn(shell)
    }

    /// Registers a database to drop.
    pub(super) fn register(&self, name: &str) -> Result<(), Unavailable> {
        let mut pipe = self.pipe.lock().unwrap_or_else(PoisonError::into_inner);
        pipe.as_mut()
            .and_then(|pipe| writeln!(pipe, "{name}").ok())
            .ok_or_else(|| Unavailable::new("the cleanup process has ended"))
    }

    fn spawn(mut shell: Command) -> Result<Self, Unavailable> {
        let mut process = shell
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // An interrupt at the terminal reaches the whole process group.
            .process_group(0)
            .spawn()
            .map_err(|error| Unavailable::new(format!("cannot start sh: {error}")))?;
        let pipe = Mutex::new(process.stdin.take());
        Ok(Self { process, pipe })
    }
}

impl Drop for CleanupProcess {
    fn drop(&mut self) {
        let pipe = self.pipe.get_mut().unwrap_or_else(PoisonError::into_inner);
        drop(pipe.take());
        // Drop cannot report an error, and the process cleans up anyway.
        let _ = self.process.wait();
    }
}

impl fmt::Debug for CleanupProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CleanupProcess").finish_non_exhaustive()
    }
}

fn shell(script: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", script, "sh"]);
    shell
}

const END_CLUSTER: &str = r#"cat >/dev/null; kill "$(cat "$3/pgbouncer.pid")"; "$1" stop -s -m immediate -D "$2"; rm -rf "$3""#;
const DROP_DATABASES: &str = r#"names=
while read -r name; do names="$names $name"; done
for name in $names; do "$1" --if-exists --force --maintenance-db="$URL" "$name"; done"#;
