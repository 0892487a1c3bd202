//! Cost and number of commits on this machine.

use std::{
    fs::File,
    os::unix::fs::FileExt,
    path::Path,
    time::{Duration, Instant},
};

use crate::{bare, figures::median};

/// Measures commits of a single row of `bytes` bytes.
pub(crate) async fn print_cost(folder: &Path, bytes: usize) {
    let database = folder.join("commits.sqlite");
    let pool = bare::open(&database).await;
    let mut times = Vec::new();
    for number in 0..COMMITS {
        let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
        bare::insert(&mut *transaction, &number.to_string(), &vec![0; bytes]).await;
        let began = Instant::now();
        transaction.commit().await.unwrap();
        times.push(began.elapsed().as_secs_f64());
    }
    pool.close().await;
    let commit = Duration::from_secs_f64(median(times)).as_micros();
    println!("one commit of one row of {bytes} bytes takes {commit} us");
}

/// Returns SQLite's number of commits, which is the third word, `iChange`, in the header of the
/// write-ahead log's index.
pub(crate) fn counted(database: &str) -> u32 {
    let index = File::open(format!("{database}-shm")).unwrap();
    let mut count = [0; 4];
    index.read_exact_at(&mut count, 8).unwrap();
    u32::from_ne_bytes(count)
}

const COMMITS: usize = 300;
