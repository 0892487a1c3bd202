//! Tests of the private cluster.

use std::{
    env, fs,
    io::{BufRead, BufReader, Read},
    net::TcpStream,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Child, Command, ExitCode, Stdio},
    sync::Arc,
    time::Duration,
};

use sqlx_store::testing::{ClusterOptions, PostgresCluster};
use tokio::time::sleep;

use crate::server::{Test, tests};

pub(crate) fn tests() -> Vec<Test> {
    tests![
        a_new_database_is_empty_and_separate;
        private
        a_restarted_cluster_keeps_its_address,
        a_dropped_cluster_leaves_nothing,
        a_killed_process_leaves_no_cluster,
    ]
}

async fn a_new_database_is_empty_and_separate(cluster: Arc<PostgresCluster>) {
    let first = cluster.fresh_database().unwrap();
    let second = cluster.fresh_database().unwrap();
    assert_ne!(first, second);
    let dump = String::from_utf8(cluster.dump(&first).unwrap()).unwrap();
    assert!(dump.contains("PostgreSQL database dump"));
    assert!(!dump.contains("CREATE TABLE"));
}

async fn a_restarted_cluster_keeps_its_address() {
    let cluster = PostgresCluster::private(ClusterOptions::default()).unwrap();
    let database = cluster.fresh_database().unwrap();
    cluster.restart().unwrap();
    cluster.dump(&database).unwrap();
}

async fn a_dropped_cluster_leaves_nothing() {
    let folder = Folder::new();
    let mut child = child(folder.path());
    let address = address(&mut child);
    assert!(TcpStream::connect(&address).is_ok());
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    assert!(TcpStream::connect(&address).is_err());
    assert!(folder.is_empty());
}

async fn a_killed_process_leaves_no_cluster() {
    let folder = Folder::new();
    let mut child = child(folder.path());
    let address = address(&mut child);
    assert!(TcpStream::connect(&address).is_ok());
    assert!(!folder.is_empty());
    child.kill().unwrap();
    child.wait().unwrap();
    for _ in 0..200 {
        if folder.is_empty() && TcpStream::connect(&address).is_err() {
            return;
        }
        sleep(Duration::from_millis(50)).await;
    }
    panic!("the cluster is still running after its process ended");
}

/// Runs this program as a child process that keeps a cluster running until its input ends.
fn child(folder: &Path) -> Child {
    Command::new(env::current_exe().unwrap())
        .env(TO_BE_KILLED, "1")
        .env("TMPDIR", folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

pub(crate) fn is_to_be_killed() -> bool {
    env::var_os(TO_BE_KILLED).is_some()
}

pub(crate) fn wait_to_be_killed() -> ExitCode {
    let cluster = PostgresCluster::private(ClusterOptions::default()).unwrap();
    println!("{}", cluster.url("postgres"));
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
    drop(cluster);
    ExitCode::SUCCESS
}

fn address(child: &mut Child) -> String {
    let mut url = String::new();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    output.read_line(&mut url).unwrap();
    let (_, address) = url.split_once('@').unwrap();
    address.split_once('/').unwrap().0.to_owned()
}

/// A folder for temporary files, in which the cluster's user can delete its own files.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn is_empty(&self) -> bool {
        fs::read_dir(self.path()).unwrap().next().is_none()
    }
}

const TO_BE_KILLED: &str = "GREENHOUSE_TEST_HOLDS_A_CLUSTER";
