//! Statements that go to SQLite as one command: each costs a hop to the thread of the connection and back, which takes longer
//! than most statements do.

use std::fmt::Write as _;

use futures_util::TryStreamExt;
use sqlx::{AssertSqlSafe, Either, Executor, Sqlite, SqliteConnection};

use super::super::{
    statement::Statement,
    step::{Question, Step, StepsResult},
    value::{Row, Value, bound},
};

/// Runs the commands and then the steps. Where it did not go well, what some of them wrote is to be rolled back, also of those
/// behind the one that is named.
pub(super) async fn run(
    connection: &mut SqliteConnection,
    commands: &[&str],
    steps: &[Step<'_>],
) -> StepsResult {
    let texts = steps.iter().map(|step| (step.statement, &step.values));
    let sql = joined(commands, texts);
    let values = steps.iter().flat_map(|step| &step.values);
    let query = bound::<Sqlite>(AssertSqlSafe(sql), values);
    let mut results = connection.fetch_many(query);
    // Of commands there are results, too.
    let (mut ended, mut found, mut unmet) = (0_usize, 0, None);
    loop {
        let at = ended.saturating_sub(commands.len());
        match results.try_next().await {
            Ok(Some(Either::Right(_))) => found += 1,
            Ok(Some(Either::Left(result))) => {
                let step = (ended >= commands.len()).then(|| steps.get(at)).flatten();
                let met = step.is_none_or(|step| step.needs.are_met(result.rows_affected(), found));
                if !met && unmet.is_none() {
                    unmet = Some(at);
                }
                ended += 1;
                found = 0;
            }
            Ok(None) => return unmet.map_or(StepsResult::Done, StepsResult::Unmet),
            Err(error) => return unmet.map_or(StepsResult::Failed(at, error), StepsResult::Unmet),
        }
    }
}

/// The rows of each statement, all of which only read.
pub(super) async fn ask(
    connection: &mut SqliteConnection,
    questions: &[Question<'_>],
) -> Result<Vec<Vec<Row>>, sqlx::Error> {
    let texts = questions
        .iter()
        .map(|(statement, values)| (*statement, values));
    let sql = joined(&[], texts);
    let values = questions.iter().flat_map(|(_, values)| values);
    let mut results = connection.fetch_many(bound::<Sqlite>(AssertSqlSafe(sql), values));
    let (mut answers, mut rows) = (Vec::with_capacity(questions.len()), Vec::new());
    while let Some(result) = results.try_next().await? {
        match result {
            Either::Right(row) => rows.push(row.into()),
            Either::Left(_) => answers.push(std::mem::take(&mut rows)),
        }
    }
    Ok(answers)
}

/// One command of all. A parameter is found by its number, so those of each statement follow those of the one before.
fn joined<'a, 'v: 'a>(
    commands: &[&str],
    statements: impl Iterator<Item = (Statement, &'a Vec<Value<'v>>)>,
) -> String {
    let mut joined = String::new();
    for command in commands {
        joined.push_str(command);
        joined.push_str("; ");
    }
    let mut before = 0;
    for (statement, values) in statements {
        push_numbered(&mut joined, statement.sqlite, before);
        joined.push_str("; ");
        before += values.len();
    }
    joined
}

/// The statement with each `$n` as `$(n + before)`. No statement has a dollar for anything else.
fn push_numbered(joined: &mut String, sql: &str, before: usize) {
    let mut parts = sql.split('$');
    joined.extend(parts.next());
    for part in parts {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, rest) = part.split_at(digits);
        let number: usize = number.parse().unwrap_or_default();
        // A String takes whatever is written to it.
        let _ = write!(joined, "${}{rest}", number + before);
    }
}

#[cfg(test)]
mod tests {
    use sqlx::Connection;

    use super::*;
    use crate::session::{Needs, both};

    #[tokio::test]
    async fn each_statement_has_its_own_values_and_rows() {
        let mut connection = SqliteConnection::connect(":memory:").await.unwrap();
        let pair = both("SELECT $2, $1");
        let none = both("SELECT $1 WHERE $1 <> $1");
        let questions = [
            (pair, vec![1.into(), 2.into()]),
            (none, vec![3.into()]),
            (pair, vec![4.into(), 5.into()]),
        ];
        let answers = ask(&mut connection, &questions).await.unwrap();
        let numbers = |rows: &Vec<Row>| -> Vec<(i64, i64)> {
            let pair = |row: &Row| (row.number(0).unwrap(), row.number(1).unwrap());
            rows.iter().map(pair).collect()
        };
        let numbers: Vec<_> = answers.iter().map(numbers).collect();
        assert_eq!(numbers, [vec![(2, 1)], vec![], vec![(5, 4)]]);
    }

    #[tokio::test]
    async fn the_first_that_does_not_do_what_it_must_is_named() {
        let mut connection = SqliteConnection::connect(":memory:").await.unwrap();
        let create = both("CREATE TABLE t (n INTEGER PRIMARY KEY, m INTEGER NOT NULL)");
        let went = run(&mut connection, &[], &[step(create, &[], Needs::Nothing)]).await;
        assert!(matches!(went, StepsResult::Done), "{went:?}");
        let insert = both("INSERT INTO t VALUES ($1, $2) ON CONFLICT DO NOTHING");
        let find = both("SELECT m FROM t WHERE n = $1");
        let spoil = both("UPDATE t SET m = NULL WHERE n = $1");
        let empty = both("DELETE FROM t");
        let commands = ["SAVEPOINT one", "SAVEPOINT two"];
        let (new, again) = (
            step(insert, &[1, 2], Needs::Writing),
            step(insert, &[1, 3], Needs::Writing),
        );
        for (steps, expected) in [
            (
                vec![
                    step(find, &[1], Needs::Absence),
                    new,
                    step(find, &[1], Needs::Nothing),
                ],
                "Done",
            ),
            (
                vec![
                    step(find, &[1], Needs::Nothing),
                    again,
                    step(empty, &[], Needs::Nothing),
                ],
                "Unmet(1)",
            ),
            // What it wrote counts, not what the one before did.
            (
                vec![
                    step(insert, &[1, 2], Needs::Nothing),
                    step(find, &[1], Needs::Absence),
                ],
                "Unmet(1)",
            ),
            (
                vec![
                    step(insert, &[1, 2], Needs::Nothing),
                    step(spoil, &[1], Needs::Nothing),
                    step(insert, &[1, 2], Needs::Writing),
                ],
                "Failed(1, ",
            ),
            (
                vec![
                    step(insert, &[1, 2], Needs::Nothing),
                    step(insert, &[1, 2], Needs::Writing),
                    step(spoil, &[1], Needs::Nothing),
                ],
                "Unmet(1)",
            ),
        ] {
            let went = format!("{:?}", run(&mut connection, &commands, &steps).await);
            assert!(went.starts_with(expected), "{expected}: {went}");
            if expected != "Done" {
                let undo = step(both("ROLLBACK TO one"), &[], Needs::Nothing);
                assert!(matches!(
                    run(&mut connection, &[], &[undo]).await,
                    StepsResult::Done
                ));
            }
        }
    }

    fn step(statement: Statement, values: &[i64], needs: Needs) -> Step<'static> {
        let values = values.iter().map(|value| (*value).into()).collect();
        Step {
            statement,
            values,
            needs,
        }
    }
}
