use crate::terminal::{Terminal, account};

/// Without completions, the command counts nothing, and it pushes nothing without a count.
#[test]
fn the_command_counts_before_it_pushes() {
    let terminal = Terminal::new();
    assert!(terminal.apply(&account("acme")).ok);
    let unknown = terminal.run_command(&["backfill", "unknown"]);
    assert!(
        !unknown.ok && unknown.err.contains("no account unknown"),
        "{unknown:?}"
    );
    let uncounted = terminal.run_command(&["backfill", "acme", "--run"]);
    assert!(
        !uncounted.ok && uncounted.err.contains("count them first"),
        "{uncounted:?}"
    );
    let wrong = terminal.run_command(&["backfill", "acme", "--share", "91"]);
    assert!(
        !wrong.ok && wrong.err.contains("expected a number from 1 to 90, got 91"),
        "{wrong:?}"
    );
    let nothing = terminal.run_command(&["backfill", "acme", "--cancel"]);
    assert!(
        !nothing.ok && nothing.err.contains("no backfill is running"),
        "{nothing:?}"
    );

    let counted = terminal.run_command(&["backfill", "acme", "--days", "7"]);
    assert!(counted.ok, "{counted:?}");
    assert!(
        counted
            .out
            .contains("0 of 0 completed assessments would be pushed"),
        "{counted:?}"
    );
    // Standard error is no terminal, so there is a line and no bar.
    assert!(
        counted.err.contains("counted 0: 0 to push, 0 skipped"),
        "{counted:?}"
    );
    let other = terminal.run_command(&["backfill", "acme", "--run"]);
    assert!(
        !other.ok && other.err.contains("counted for other bounds"),
        "{other:?}"
    );
    let run = terminal.run_command(&["backfill", "acme", "--days", "7", "--run"]);
    assert!(
        run.ok && run.out.contains("done: 0 pushed, 0 failed"),
        "{run:?}"
    );
}
