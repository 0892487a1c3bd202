//! PgBouncer in transaction mode, in front of a private cluster.

use std::{env, net::TcpStream, path::PathBuf, process::Command, thread, time::Duration};

use super::{Unavailable, programs};

/// Returns the path of the `pgbouncer` program.
pub(super) fn program() -> Result<PathBuf, Unavailable> {
    let path = env::var_os("PATH").unwrap_or_default();
    // Not in every user's PATH.
    let system = PathBuf::from("/usr/sbin");
    env::split_paths(&path)
        .chain([system])
        .map(|folder| folder.join("pgbouncer"))
        .find(|program| program.is_file())
        .ok_or_else(|| Unavailable::new("pgbouncer is not installed"))
}

/// Returns the configuration file. It allows few server connections per database, so that clients
/// share sessions, and has a short idle timeout, because each test has its own database.
pub(super) fn settings(port: u16, server: u16, user: &str, folder: &str) -> String {
    format!(
        "[databases]\n\
         * = host=127.0.0.1 port={server} user={user}\n\
         [pgbouncer]\n\
         listen_addr = 127.0.0.1\n\
         listen_port = {port}\n\
         unix_socket_dir =\n\
         auth_type = any\n\
         pool_mode = transaction\n\
         default_pool_size = 5\n\
         max_client_conn = 2000\n\
         server_idle_timeout = 2\n\
         server_login_retry = 1\n\
         logfile = {folder}/pgbouncer.log\n\
         pidfile = {folder}/pgbouncer.pid\n"
    )
}

/// Starts the program in the background and waits until it listens.
#[expect(clippy::disallowed_methods, reason = "tests wait for another program")]
pub(super) fn start(mut command: Command, port: u16) -> Result<(), Unavailable> {
    programs::run(command.args(["--daemon", "--quiet", "pgbouncer.ini"]))?;
    for _ in 0..MAX_ATTEMPTS {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Ok(());
        }
        thread::sleep(WAIT);
    }
    Err(Unavailable::new("pgbouncer does not accept connections"))
}

const MAX_ATTEMPTS: u32 = 200;
const WAIT: Duration = Duration::from_millis(50);
