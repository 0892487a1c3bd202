use std::{
    fmt::Write,
    fs,
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use super::{
    ClusterOptions, Unavailable, cleanup::CleanupProcess, pooler, programs, programs::Programs,
    user::User,
};

/// A running cluster in a temporary folder.
#[derive(Debug)]
pub(super) struct PrivateCluster {
    folder: TempDir,
    user: Option<User>,
    port: u16,
    pooler: Option<u16>,
}

impl PrivateCluster {
    pub(super) fn start(
        programs: &Programs,
        options: ClusterOptions,
    ) -> Result<(Self, CleanupProcess), Unavailable> {
        let folder = tempfile::Builder::new()
            .prefix("postgres-")
            .tempdir()
            .map_err(Unavailable::from_io("cannot create a temporary folder"))?;
        let user = User::for_programs(folder.path())?;
        let mut private = Self {
            folder,
            user,
            port: 0,
            pooler: None,
        };
        let data = private.data();
        let cleanup = CleanupProcess::of_cluster(programs, user, private.folder.path(), &data)?;
        programs::run(
            private
                .command(programs, "initdb")
                .arg("--pgdata")
                .arg(&data)
                .args(["--username", USER, "--auth=trust", "--encoding=UTF8"])
                .args(["--locale=C", "--no-sync", "--no-instructions"]),
        )?;
        for (name, content) in &options.files {
            private.write_file(&data.join(name), content)?;
        }
        private.start_on_free_port(programs, &options)?;
        if options.pgbouncer {
            private.pooler = Some(private.start_pooler()?);
        }
        Ok((private, cleanup))
    }

    /// Returns the URL of a database, through PgBouncer if enabled.
    pub(super) fn url(&self, database: &str) -> String {
        local_url(self.pooler.unwrap_or(self.port), database)
    }

    pub(super) fn direct_url(&self, database: &str) -> String {
        local_url(self.port, database)
    }

    fn start_pooler(&self) -> Result<u16, Unavailable> {
        let port = free_port()?;
        let folder = self.folder.path();
        let settings = pooler::settings(port, self.port, USER, &folder.to_string_lossy());
        self.write_file(&folder.join("pgbouncer.ini"), settings.as_bytes())?;
        let mut command = Command::new(pooler::program()?);
        command.current_dir(folder);
        if let Some(user) = self.user {
            user.apply_to(&mut command);
        }
        pooler::start(command, port)?;
        Ok(port)
    }

    pub(super) fn restart(&self, programs: &Programs) -> Result<(), Unavailable> {
        let mut restart = self.pg_ctl(programs, "restart");
        programs::run(restart.args(["--mode=fast"])).map(drop)
    }

    /// Starts the cluster. Retries, because another process can take the free port first.
    fn start_on_free_port(
        &mut self,
        programs: &Programs,
        options: &ClusterOptions,
    ) -> Result<(), Unavailable> {
        let file = self.data().join("postgresql.conf");
        let defaults = fs::read_to_string(&file)
            .map_err(Unavailable::from_io("cannot read postgresql.conf"))?;
        let mut attempts = 0;
        loop {
            self.port = free_port()?;
            let settings = format!("{defaults}\n{}", self.settings(options));
            self.write_file(&file, settings.as_bytes())?;
            attempts += 1;
            match programs::run(&mut self.pg_ctl(programs, "start")) {
                Ok(_) => return Ok(()),
                Err(_) if attempts < MAX_ATTEMPTS => {}
                Err(error) => {
                    let log = fs::read_to_string(self.log()).unwrap_or_default();
                    return Err(Unavailable::new(format!("{}: {log}", error.reason)));
                }
            }
        }
    }

    fn settings(&self, options: &ClusterOptions) -> String {
        let port = self.port.to_string();
        let sockets = self.folder.path().to_string_lossy();
        let required = [
            ("listen_addresses", "127.0.0.1"),
            ("port", &port),
            ("unix_socket_directories", &sockets),
            ("max_connections", "200"),
            ("timezone", "UTC"),
        ];
        let fast = [("fsync", "off"), ("full_page_writes", "off")];
        let further = options
            .settings
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        required
            .into_iter()
            .chain(fast.into_iter().filter(|_| !options.durable))
            .chain(further)
            .fold(String::new(), |mut lines, (name, value)| {
                // Writing to a string cannot fail.
                let _ = writeln!(lines, "{name} = '{}'", value.replace('\'', "''"));
                lines
            })
    }

    fn pg_ctl(&self, programs: &Programs, action: &str) -> Command {
        let mut command = self.command(programs, "pg_ctl");
        command
            .arg(action)
            .args(["--silent", "--wait", "--timeout=60", "--pgdata"])
            .arg(self.data())
            .arg("--log")
            .arg(self.log());
        command
    }

    /// Creates a command that runs as the cluster's user, without variables such as `PGHOST`.
    fn command(&self, programs: &Programs, name: &str) -> Command {
        let mut command = programs.command(name);
        command
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .env("LC_ALL", "C")
            .current_dir(self.folder.path());
        if let Some(user) = self.user {
            user.apply_to(&mut command);
        }
        command
    }

    /// Writes a file that only the cluster's user can read. PostgreSQL requires this for private
    /// keys.
    fn write_file(&self, file: &Path, content: &[u8]) -> Result<(), Unavailable> {
        fs::write(file, content)
            .and_then(|()| fs::set_permissions(file, fs::Permissions::from_mode(0o600)))
            .and_then(|()| self.user.map_or(Ok(()), |user| user.take_ownership(file)))
            .map_err(Unavailable::from_io("cannot write a cluster file"))
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }
}

fn local_url(port: u16, database: &str) -> String {
    format!("postgres://{USER}@127.0.0.1:{port}/{database}")
}

fn free_port() -> Result<u16, Unavailable> {
    let listener = TcpListener::bind("127.0.0.1:0");
    let address = listener.and_then(|listener| listener.local_addr());
    Ok(address
        .map_err(Unavailable::from_io("cannot find a free port"))?
        .port())
}

const USER: &str = "greenhouse";
const MAX_ATTEMPTS: u32 = 3;
