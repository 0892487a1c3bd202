//! Faults in single exchanges.

use mock_greenhouse::FaultKind;

/// A fault in one exchange, and also in the later exchanges of the same run if
/// [`stays`](Self::stays) is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub(crate) name: &'static str,
    pub(crate) hit: Hit,
    /// If `true`, Greenhouse stays unavailable until the run has ended.
    pub(crate) stays: bool,
    of: Reach,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hit {
    /// The mock injects this fault.
    Fault(FaultKind),
    /// The connection is refused.
    Unreachable,
    /// The host dies before it sends the request, or while it waits for the response to a request
    /// that Greenhouse applies.
    Dies(Option<FaultKind>),
    /// The host is stopped while it waits for a response, which may arrive.
    Stops(Option<FaultKind>),
    /// A recruiter decides on the application before the request arrives.
    Recruiter(Act),
}

/// Decision of a recruiter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// Moves the application to another stage before the last one.
    Moves,
    Rejects,
    Hires,
}

impl Hit {
    /// Returns the fault that the mock must inject.
    pub(crate) fn fault(self) -> Option<FaultKind> {
        match self {
            Self::Fault(kind) => Some(kind),
            Self::Dies(kind) | Self::Stops(kind) => kind,
            Self::Unreachable | Self::Recruiter(_) => None,
        }
    }
}

/// Kind of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exchange {
    /// A request without a lasting effect: a read, or a token request. It makes no difference
    /// whether the request was applied.
    Read,
    /// A request that reads a list.
    List,
    Write,
}

impl Exchange {
    pub(crate) fn of(method: &str, path: &str) -> Self {
        match method {
            "GET" => Self::List,
            _ if path.starts_with("/v3/") => Self::Write,
            _ => Self::Read,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    All,
    Lists,
    Writes,
}

impl Trouble {
    /// The decisions of a recruiter.
    pub(crate) const RECRUITER: [Self; 3] = [
        ends("recruiter-moves", Reach::All, Hit::Recruiter(Act::Moves)),
        ends(
            "recruiter-rejects",
            Reach::All,
            Hit::Recruiter(Act::Rejects),
        ),
        ends("recruiter-hires", Reach::All, Hit::Recruiter(Act::Hires)),
    ];

    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        let mut all = TROUBLES.iter().chain(&Self::RECRUITER);
        all.find(|trouble| trouble.name == name)
    }

    /// Returns all faults that can occur in an exchange if lists lag by `lag` seconds.
    pub(crate) fn all_of(exchange: Exchange, lag: u32) -> impl Iterator<Item = &'static Self> {
        TROUBLES.iter().filter(move |trouble| {
            let reaches = match trouble.of {
                Reach::All => true,
                Reach::Lists => exchange == Exchange::List,
                Reach::Writes => exchange == Exchange::Write,
            };
            // A change that becomes visible after the settle time is not covered by the guarantee.
            let promised = trouble.delay() + lag < SETTLE_TIME;
            // For a host that has stopped, a shorter delay makes no difference.
            let longest = trouble.delay() != SHORT || LONG + lag >= SETTLE_TIME;
            reaches && promised && (longest || matches!(trouble.hit, Hit::Fault(_)))
        })
    }

    /// Returns `true` if this fault represents all faults of its kind.
    pub(crate) fn is_typical(&self) -> bool {
        TYPICAL.contains(&self.name)
    }

    /// Returns the seconds until the effect of the request is complete and visible.
    pub(crate) fn delay(&self) -> u32 {
        match self.hit.fault() {
            Some(FaultKind::StallThenApply { seconds } | FaultKind::Lag { seconds }) => seconds,
            _ => 0,
        }
    }
}

const fn fault(name: &'static str, of: Reach, kind: FaultKind) -> Trouble {
    Trouble {
        name,
        hit: Hit::Fault(kind),
        stays: false,
        of,
    }
}

const fn status(name: &'static str, status: u16) -> Trouble {
    let applied = false;
    fault(name, Reach::All, FaultKind::Status { status, applied })
}

/// Creates a fault with an error status for a write that is not applied. For a read, the same
/// status with the request applied is equivalent.
const fn unapplied(name: &'static str, code: u16) -> Trouble {
    Trouble {
        of: Reach::Writes,
        ..status(name, code)
    }
}

const fn status_applied(name: &'static str, status: u16) -> Trouble {
    let applied = true;
    fault(name, Reach::Writes, FaultKind::Status { status, applied })
}

const fn refused_for(name: &'static str, retry_after_seconds: Option<u32>) -> Trouble {
    let kind = FaultKind::TooManyRequests {
        retry_after_seconds,
    };
    fault(name, Reach::All, kind)
}

const fn outage(first: Trouble, name: &'static str) -> Trouble {
    Trouble {
        name,
        stays: true,
        ..first
    }
}

const fn ends(name: &'static str, of: Reach, hit: Hit) -> Trouble {
    let stays = false;
    Trouble {
        name,
        hit,
        stays,
        of,
    }
}

const fn late(seconds: u32) -> FaultKind {
    FaultKind::StallThenApply { seconds }
}

const APPLIED: FaultKind = FaultKind::StallApplied;
const CUT_APPLIED: FaultKind = FaultKind::Cut { applied: true };
const UNREACHABLE: Trouble = Trouble {
    name: "unreachable",
    hit: Hit::Unreachable,
    stays: false,
    of: Reach::All,
};
const TROUBLES: &[Trouble] = &[
    fault("refuse", Reach::All, FaultKind::Refuse),
    UNREACHABLE,
    fault("stall-applied", Reach::All, APPLIED),
    fault("stall-then-apply-10", Reach::Writes, late(SHORT)),
    fault("stall-then-apply-45", Reach::Writes, late(LONG)),
    fault("cut", Reach::All, FaultKind::Cut { applied: false }),
    fault("cut-applied", Reach::Writes, CUT_APPLIED),
    status("408", 408),
    status_applied("408-applied", 408),
    status("500", 500),
    status_applied("500-applied", 500),
    unapplied("502", 502),
    status_applied("502-applied", 502),
    status("503", 503),
    status_applied("503-applied", 503),
    unapplied("504", 504),
    status_applied("504-applied", 504),
    refused_for("429", None),
    refused_for("429-for-60", Some(60)),
    refused_for("429-for-90", Some(90)),
    fault("expired-token", Reach::All, FaultKind::ExpiredToken),
    fault("truncated-body", Reach::All, FaultKind::TruncatedBody),
    fault(
        "wrong-content-type",
        Reach::All,
        FaultKind::WrongContentType,
    ),
    fault("malformed-json", Reach::All, FaultKind::MalformedJson),
    fault("lag-45", Reach::Lists, FaultKind::Lag { seconds: LONG }),
    fault("other-row", Reach::Lists, FaultKind::OtherRow),
    fault("repeated-row", Reach::Lists, FaultKind::RepeatedRow),
    outage(status("", 503), "outage"),
    outage(UNREACHABLE, "outage-unreachable"),
    outage(status_applied("", 503), "outage-after-applied"),
    outage(fault("", Reach::Writes, late(LONG)), "outage-after-late"),
    ends("dies-before", Reach::All, Hit::Dies(None)),
    ends("dies-after", Reach::All, Hit::Dies(Some(APPLIED))),
    ends(
        "dies-before-10",
        Reach::Writes,
        Hit::Dies(Some(late(SHORT))),
    ),
    ends("dies-before-45", Reach::Writes, Hit::Dies(Some(late(LONG)))),
    ends("stops", Reach::All, Hit::Stops(None)),
    ends("stops-after", Reach::All, Hit::Stops(Some(APPLIED))),
    ends(
        "stops-before-10",
        Reach::Writes,
        Hit::Stops(Some(late(SHORT))),
    ),
    ends(
        "stops-before-45",
        Reach::Writes,
        Hit::Stops(Some(late(LONG))),
    ),
];
/// One fault of each kind, for example a request that is not sent, is applied late, or is refused,
/// and a host that dies or stops.
const TYPICAL: &[&str] = &[
    "unreachable",
    "stall-applied",
    "stall-then-apply-10",
    "503",
    "503-applied",
    "429-for-60",
    "expired-token",
    "truncated-body",
    "other-row",
    "outage",
    "dies-after",
    "stops-after",
];
/// Delays in seconds.
const SHORT: u32 = 10;
const LONG: u32 = 45;
/// Default settle time of the push.
const SETTLE_TIME: u32 = 60;
