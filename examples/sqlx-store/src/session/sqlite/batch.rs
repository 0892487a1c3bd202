//! Batches of statements in one driver call. Each call switches to the connection's thread and
//! back, which takes longer than most statements.

use std::fmt::Write as _;

use futures_util::TryStreamExt;
use sqlx::{AssertSqlSafe, Either, Executor, Sqlite, SqliteConnection};

use super::super::{
    statement::Statement,
    step::{BoundStatement, Step, StepsResult},
    value::{Row, Value, bind},
};

/// Runs the commands and then the steps. Unless the result is `Done`, the caller must roll back,
/// because steps after the reported one can also have run.
pub(super) async fn run(
    connection: &mut SqliteConnection,
    commands: &[&str],
    steps: &[Step<'_>],
) -> StepsResult {
    let texts = steps.iter().map(|step| (step.statement, &step.values));
    let sql = join(commands, texts);
    let values = steps.iter().flat_map(|step| &step.values);
    let query = bind::<Sqlite>(AssertSqlSafe(sql), values);
    let mut results = connection.fetch_many(query);
    // The results of the commands precede those of the steps.
    let (mut ended, mut found, mut unmet) = (0_usize, 0, None);
    loop {
        let at = ended.saturating_sub(commands.len());
        match results.try_next().await {
            Ok(Some(Either::Right(_))) => found += 1,
            Ok(Some(Either::Left(result))) => {
                let step = (ended >= commands.len()).then(|| steps.get(at)).flatten();
                let met =
                    step.is_none_or(|step| step.condition.is_met(result.rows_affected(), found));
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

/// Returns the rows of each read-only statement.
pub(super) async fn read(
    connection: &mut SqliteConnection,
    statements: &[BoundStatement<'_>],
) -> Result<Vec<Vec<Row>>, sqlx::Error> {
    let texts = statements
        .iter()
        .map(|(statement, values)| (*statement, values));
    let sql = join(&[], texts);
    let values = statements.iter().flat_map(|(_, values)| values);
    let mut results = connection.fetch_many(bind::<Sqlite>(AssertSqlSafe(sql), values));
    let (mut found, mut rows) = (Vec::with_capacity(statements.len()), Vec::new());
    while let Some(result) = results.try_next().await? {
        match result {
            Either::Right(row) => rows.push(row.into()),
            Either::Left(_) => found.push(std::mem::take(&mut rows)),
        }
    }
    Ok(found)
}

/// Joins all statements into one text. Each statement's parameters are numbered after those of the
/// previous statement.
fn join<'a, 'v: 'a>(
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

/// Appends the statement with each `$n` as `$(n + before)`. No statement has any other dollar sign.
fn push_numbered(joined: &mut String, sql: &str, before: usize) {
    let mut parts = sql.split('$');
    joined.extend(parts.next());
    for part in parts {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, rest) = part.split_at(digits);
        let number: usize = number.parse().unwrap_or_default();
        // Writing to a String cannot fail.
        let _ = write!(joined, "${}{rest}", number + before);
    }
}

#[cfg(test)]
mod tests {
    use sqlx::Connection;

    use super::*;
    use crate::session::{StepCondition, both};

    #[tokio::test]
    async fn each_statement_has_its_own_values_and_rows() {
        let mut connection = SqliteConnection::connect(":memory:").await.unwrap();
        let pair = both("SELECT $2, $1");
        let none = both("SELECT $1 WHERE $1 <> $1");
        let statements = [
            (pair, vec![1.into(), 2.into()]),
            (none, vec![3.into()]),
            (pair, vec![4.into(), 5.into()]),
        ];
        let results = read(&mut connection, &statements).await.unwrap();
        let numbers = |rows: &Vec<Row>| -> Vec<(i64, i64)> {
            let pair = |row: &Row| (row.number(0).unwrap(), row.number(1).unwrap());
            rows.iter().map(pair).collect()
        };
        let numbers: Vec<_> = results.iter().map(numbers).collect();
        assert_eq!(numbers, [vec![(2, 1)], vec![], vec![(5, 4)]]);
    }

    #[tokio::test]
    async fn the_first_unmet_or_failed_step_is_reported() {
        let mut connection = SqliteConnection::connect(":memory:").await.unwrap();
        let create = both("CREATE TABLE t (n INTEGER PRIMARY KEY, m INTEGER NOT NULL)");
        let result = run(
            &mut connection,
            &[],
            &[step(create, &[], StepCondition::None)],
        )
        .await;
        assert!(matches!(result, StepsResult::Done), "{result:?}");
        let insert = both("INSERT INTO t VALUES ($1, $2) ON CONFLICT DO NOTHING");
        let find = both("SELECT m FROM t WHERE n = $1");
        let spoil = both("UPDATE t SET m = NULL WHERE n = $1");
        let empty = both("DELETE FROM t");
        let commands = ["SAVEPOINT one", "SAVEPOINT two"];
        let (new, again) = (
            step(insert, &[1, 2], StepCondition::WritesRow),
            step(insert, &[1, 3], StepCondition::WritesRow),
        );
        for (steps, expected) in [
            (
                vec![
                    step(find, &[1], StepCondition::FindsNoRow),
                    new,
                    step(find, &[1], StepCondition::None),
                ],
                "Done",
            ),
            (
                vec![
                    step(find, &[1], StepCondition::None),
                    again,
                    step(empty, &[], StepCondition::None),
                ],
                "Unmet(1)",
            ),
            // Only the step's own rows count.
            (
                vec![
                    step(insert, &[1, 2], StepCondition::None),
                    step(find, &[1], StepCondition::FindsNoRow),
                ],
                "Unmet(1)",
            ),
            (
                vec![
                    step(insert, &[1, 2], StepCondition::None),
                    step(spoil, &[1], StepCondition::None),
                    step(insert, &[1, 2], StepCondition::WritesRow),
                ],
                "Failed(1, ",
            ),
            (
                vec![
                    step(insert, &[1, 2], StepCondition::None),
                    step(insert, &[1, 2], StepCondition::WritesRow),
                    step(spoil, &[1], StepCondition::None),
                ],
                "Unmet(1)",
            ),
        ] {
            let result = format!("{:?}", run(&mut connection, &commands, &steps).await);
            assert!(result.starts_with(expected), "{expected}: {result}");
            if expected != "Done" {
                let undo = step(both("ROLLBACK TO one"), &[], StepCondition::None);
                assert!(matches!(
                    run(&mut connection, &[], &[undo]).await,
                    StepsResult::Done
                ));
            }
        }
    }

    fn step(statement: Statement, values: &[i64], condition: StepCondition) -> Step<'static> {
        let values = values.iter().map(|value| (*value).into()).collect();
        Step {
            statement,
            values,
            condition,
        }
    }
}
