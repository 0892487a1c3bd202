use std::{
    fmt,
    io::Write,
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::{Mutex, PoisonError},
};

use super::{Unavailable, programs::Programs, user::User};

/// A process that cleans up once the pipe to it is closed, which the system does however this process ends.
pub(super) struct Keeper {
    process: Child,
    pipe: Mutex<Option<ChildStdin>>,
}

impl Keeper {
    /// Stops the cluster in this folder and removes the folder.
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
            user.applied(&mut shell);
        }
        Self::spawn(shell)
    }

    /// Drops the databases that it was told of.
    pub(super) fn of_databases(programs: &Programs, url: &str) -> Result<Self, Unavailable> {
        let mut shell = shell(DROP_DATABASES);
        // Arguments are for all to see, and a URL can hold a password.
        shell.arg(programs.path("dropdb")).env("URL", url);
        Self::spawn(shell)
    }

    /// Tells it the name of a database.
    pub(super) fn tell(&self, name: &str) -> Result<(), Unavailable> {
        let mut pipe = self.pipe.lock().unwrap_or_else(PoisonError::into_inner);
        pipe.as_mut()
            .and_then(|pipe| writeln!(pipe, "{name}").ok())
            .ok_or_else(|| Unavailable::new("the process that cleans up is gone"))
    }

    fn spawn(mut shell: Command) -> Result<Self, Unavailable> {
        let mut process = shell
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // An interrupt at the terminal goes to the whole group.
            .process_group(0)
            .spawn()
            .map_err(|error| Unavailable::new(format!("sh does not start: {error}")))?;
        let pipe = Mutex::new(process.stdin.take());
        Ok(Self { process, pipe })
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        let pipe = self.pipe.get_mut().unwrap_or_else(PoisonError::into_inner);
        drop(pipe.take());
        // It cannot be told to anybody here, and the process goes on to its end either way.
        let _ = self.process.wait();
    }
}

impl fmt::Debug for Keeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keeper").finish_non_exhaustive()
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
