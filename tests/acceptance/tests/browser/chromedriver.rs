//! The chromedriver process of this test binary.

use std::{
    env,
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

/// A running chromedriver on a free port of loopback. Ends on drop.
#[derive(Debug)]
pub(crate) struct Chromedriver {
    process: Child,
    url: String,
    /// Kept open, because chromedriver must be able to print.
    _output: BufReader<ChildStdout>,
}

impl Chromedriver {
    /// Starts chromedriver, which writes its log to this file.
    pub(crate) fn start(log: &Path) -> io::Result<Self> {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .arg(format!("--log-path={}", log.display()))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut output = BufReader::new(process.stdout.take().expect("stdout is piped"));
        let port = port(&mut output);
        let mut driver = Self {
            process,
            url: String::new(),
            _output: output,
        };
        driver.url = format!("http://127.0.0.1:{}/", port?);
        Ok(driver)
    }

    /// Returns the URL of the WebDriver interface.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Chromedriver {
    fn drop(&mut self) {
        // Fails if the process has already ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Returns the path of a program in `PATH`. `None` if it is not installed.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    let mut files = env::split_paths(&folders).map(|folder| folder.join(name));
    files.find(|file| file.is_file())
}

/// Reads the port from the output of chromedriver.
fn port(output: &mut impl BufRead) -> io::Result<u16> {
    for line in output.lines() {
        let line = line?;
        let Some((_, port)) = line.split_once("started successfully on port ") else {
            continue;
        };
        let port = port.trim_end_matches('.').parse();
        return port.map_err(io::Error::other);
    }
    Err(io::Error::other("chromedriver ended without naming a port"))
}
