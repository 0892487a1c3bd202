//! Routes of the host, and the names of their endpoints in logs and metrics.

use greenhouse_core::{integration::PublicRoute, operator};

/// Part of the host that answers a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    Console,
    Live,
    Ready,
    Metrics,
    Operator,
    Product,
    Public,
}

impl Route {
    pub(crate) fn of(path: &str) -> Self {
        match path {
            "/livez" => Self::Live,
            "/readyz" => Self::Ready,
            "/metrics" => Self::Metrics,
            _ if path.starts_with(operator::PREFIX) => Self::Operator,
            _ if path.starts_with("/product/") => Self::Product,
            CONSOLE => Self::Console,
            _ if path
                .strip_prefix(CONSOLE)
                .is_some_and(|rest| rest.starts_with('/')) =>
            {
                Self::Console
            }
            _ => Self::Public,
        }
    }

    /// Returns `true` for endpoints that monitoring polls.
    pub(crate) fn is_monitoring(self) -> bool {
        matches!(self, Self::Live | Self::Ready | Self::Metrics)
    }

    /// Returns the name of the endpoint at this path: one of a fixed set, without data from the
    /// path.
    pub(crate) fn name(self, path: &str) -> &'static str {
        match self {
            Self::Console => "console",
            Self::Live => "livez",
            Self::Ready => "readyz",
            Self::Metrics => "metrics",
            Self::Product => "product",
            Self::Public => PublicRoute::parse(path).map_or("unknown", |route| route.name()),
            Self::Operator => {
                let rest = path.strip_prefix(operator::PREFIX).unwrap_or_default();
                let first = rest.split('/').next();
                let mut known = OPERATOR_ENDPOINTS.into_iter();
                let known = known.find(|(segment, _)| Some(*segment) == first);
                known.map_or("operator", |(_, name)| name)
            }
        }
    }
}

/// Path of the console.
pub(crate) const CONSOLE: &str = "/console";

/// First path segments under `/api/integrations/greenhouse/`, each with the name of its endpoint.
/// Any other segment has the name `operator`.
const OPERATOR_ENDPOINTS: [(&str, &str); 9] = [
    ("choices", "operator/choices"),
    ("health", "operator/health"),
    ("keys", "operator/keys"),
    ("preview", "operator/preview"),
    ("push", "operator/push"),
    ("report-links", "operator/report-links"),
    ("set-up", "operator/set-up"),
    ("settings", "operator/settings"),
    ("sync-log", "operator/sync-log"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoint_names_contain_no_data_from_the_path() {
        for (path, name) in [
            ("/livez", "livez"),
            ("/readyz", "readyz"),
            ("/metrics", "metrics"),
            ("/metrics/", "unknown"),
            ("/livez/canary", "unknown"),
            ("/product/assessments/canary", "product"),
            ("/console", "console"),
            ("/console/", "console"),
            ("/console/activity/canary", "console"),
            ("/consoles/canary", "unknown"),
            ("/api/greenhouse/report/canary", "report"),
            ("/api/webhooks/greenhouse/canary", "webhook"),
            ("/api/integrations/greenhouse/health", "operator/health"),
            (
                "/api/integrations/greenhouse/sync-log/7/retry",
                "operator/sync-log",
            ),
            (
                "/api/integrations/greenhouse/keys/canary/rotate",
                "operator/keys",
            ),
            ("/api/integrations/greenhouse/canary", "operator"),
            ("/api/integrations/canary", "unknown"),
            ("/canary", "unknown"),
            ("", "unknown"),
        ] {
            assert_eq!(Route::of(path).name(path), name, "{path}");
        }
    }
}
