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
    ClusterOptions, Unavailable, keeper::Keeper, pooler, programs, programs::Programs, user::User,
};

/// A cluster in a temporary folder, running.
#[derive(Debug)]
pub(super) struct Private {
    folder: TempDir,
    user: Option<User>,
    port: u16,
    pooler: Option<u16>,
}

impl Private {
    pub(super) fn start(
        programs: &Programs,
        options: ClusterOptions,
    ) -> Result<(Self, Keeper), Unavailable> {
        let folder = tempfile::Builder::new()
            .prefix("postgres-")
            .tempdir()
            .map_err(Unavailable::from_io("a temporary folder cannot be made"))?;
        let user = User::to_run_as(folder.path())?;
        let mut private = Self {
            folder,
            user,
            port: 0,
            pooler: None,
        };
        let data = private.data();
        let keeper = Keeper::of_cluster(programs, user, private.folder.path(), &data)?;
        programs::run(
            private
                .command(programs, "initdb")
                .arg("--pgdata")
                .arg(&data)
                .args(["--username", USER, "--auth=trust", "--encoding=UTF8"])
                .args(["--locale=C", "--no-sync", "--no-instructions"]),
        )?;
        for (name, content) in &options.files {
            private.place(&data.join(name), content)?;
        }
        private.start_on_free_port(programs, &options)?;
        if options.pgbouncer {
            private.pooler = Some(private.start_pooler()?);
        }
        Ok((private, keeper))
    }

    /// Through PgBouncer, if there is one.
    pub(super) fn url(&self, database: &str) -> String {
        address(self.pooler.unwrap_or(self.port), database)
    }

    pub(super) fn direct_url(&self, database: &str) -> String {
        address(self.port, database)
    }

    fn start_pooler(&self) -> Result<u16, Unavailable> {
        let port = free_port()?;
        let folder = self.folder.path();
        let settings = pooler::settings(port, self.port, USER, &folder.to_string_lossy());
        self.place(&folder.join("pgbouncer.ini"), settings.as_bytes())?;
        let mut command = Command::new(pooler::program()?);
        command.current_dir(folder);
        if let Some(user) = self.user {
            user.applied(&mut command);
        }
        pooler::start(command, port)?;
        Ok(port)
    }

    pub(super) fn restart(&self, programs: &Programs) -> Result<(), Unavailable> {
        let mut restart = self.control(programs, "restart");
        programs::run(restart.args(["--mode=fast"])).map(drop)
    }

    /// Between the look for a free port and its use another process may take it.
    fn start_on_free_port(
        &mut self,
        programs: &Programs,
        options: &ClusterOptions,
    ) -> Result<(), Unavailable> {
        let file = self.data().join("postgresql.conf");
        let defaults = fs::read_to_string(&file)
            .map_err(Unavailable::from_io("postgresql.conf is missing"))?;
        let mut tries = 0;
        loop {
            self.port = free_port()?;
            let settings = format!("{defaults}\n{}", self.settings(options));
            self.place(&file, settings.as_bytes())?;
            tries += 1;
            match programs::run(&mut self.control(programs, "start")) {
                Ok(_) => return Ok(()),
                Err(_) if tries < MAX_TRIES => {}
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
        let own = [
            ("listen_addresses", "127.0.0.1"),
            ("port", &port),
            ("unix_socket_directories", &sockets),
            ("max_connections", "200"),
            ("timezone", "UTC"),
        ];
        let careless = [("fsync", "off"), ("full_page_writes", "off")];
        let further = options
            .settings
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        own.into_iter()
            .chain(careless.into_iter().filter(|_| !options.durable))
            .chain(further)
            .fold(String::new(), |mut lines, (name, value)| {
                // Writing to a string cannot fail.
                let _ = writeln!(lines, "{name} = '{}'", value.replace('\'', "''"));
                lines
            })
    }

    fn control(&self, programs: &Programs, what: &str) -> Command {
        let mut control = self.command(programs, "pg_ctl");
        control
            .arg(what)
            .args(["--silent", "--wait", "--timeout=60", "--pgdata"])
            .arg(self.data())
            .arg("--log")
            .arg(self.log());
        control
    }

    /// As the user of the cluster, and without what the environment says about other servers.
    fn command(&self, programs: &Programs, name: &str) -> Command {
        let mut command = programs.command(name);
        command
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .env("LC_ALL", "C")
            .current_dir(self.folder.path());
        if let Some(user) = self.user {
            user.applied(&mut command);
        }
        command
    }

    /// PostgreSQL takes a key only where nobody else can read it.
    fn place(&self, file: &Path, content: &[u8]) -> Result<(), Unavailable> {
        fs::write(file, content)
            .and_then(|()| fs::set_permissions(file, fs::Permissions::from_mode(0o600)))
            .and_then(|()| self.user.map_or(Ok(()), |user| user.owns(file)))
            .map_err(Unavailable::from_io(
                "a file of the cluster cannot be written",
            ))
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }
}

fn address(port: u16, database: &str) -> String {
    format!("postgres://{USER}@127.0.0.1:{port}/{database}")
}

fn free_port() -> Result<u16, Unavailable> {
    let listener = TcpListener::bind("127.0.0.1:0");
    let address = listener.and_then(|listener| listener.local_addr());
    Ok(address
        .map_err(Unavailable::from_io("there is no free port"))?
        .port())
}

const USER: &str = "greenhouse";
const MAX_TRIES: u32 = 3;
