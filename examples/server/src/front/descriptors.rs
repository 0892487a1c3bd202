//! How many connections the operating system lets a process have.

/// As many connections as wanted, or fewer where the process may not have so many files open: they would leave nothing to the
/// database and to Greenhouse. The process may have as many as it can get before.
pub(super) fn for_connections(wanted: usize) -> usize {
    let Some(limit) = raised() else {
        return wanted;
    };
    let possible = left(limit);
    if possible < wanted {
        tracing::warn!(
            connections = possible,
            configured = wanted,
            files = limit,
            "fewer connections than configured: the process may not have more files open"
        );
    }
    wanted.min(possible)
}

fn left(limit: u64) -> usize {
    let possible = limit.saturating_sub(OTHERS).max(limit / 2).max(1);
    usize::try_from(possible).unwrap_or(usize::MAX)
}

/// How many files the process may have open, after it has asked for as many as it can get. None where there is no limit.
#[cfg(unix)]
fn raised() -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let limit = getrlimit(Resource::Nofile);
    let most = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    match setrlimit(Resource::Nofile, most) {
        Ok(()) => limit.maximum,
        Err(error) => {
            tracing::debug!(%error, "the process keeps its limit of open files");
            limit.current
        }
    }
}

#[cfg(not(unix))]
fn raised() -> Option<u64> {
    None
}

/// What a host has open beside: databases, connections to Greenhouse, and what the runtime needs.
const OTHERS: u64 = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_something_to_the_others() {
        for (limit, connections) in [(20_000, 19_744), (1_024, 768), (256, 128), (1, 1), (0, 1)] {
            assert_eq!(left(limit), connections, "{limit}");
        }
    }

    #[test]
    fn no_more_are_had_than_wanted() {
        assert_eq!(for_connections(1), 1);
        assert!(for_connections(usize::MAX) > 1);
    }
}
