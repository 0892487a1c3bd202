//! What a commit costs here, and how many there were.

use std::{
    fs::File,
    os::unix::fs::FileExt,
    path::Path,
    time::{Duration, Instant},
};

use crate::{bare, figures::median};

/// Alone, of one row of this many bytes.
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

/// SQLite counts the commits of a file in the header of the index of its write-ahead log: the third word, `iChange`.
pub(crate) fn counted(database: &str) -> u32 {
    let index = File::open(format!("{database}-shm")).unwrap();
    let mut count = [0; 4];
    index.read_exact_at(&mut count, 8).unwrap();
    u32::from_ne_bytes(count)
}

const COMMITS: usize = 300;
