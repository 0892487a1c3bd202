//! Which part of the host answers a path, and what its endpoint is called in logs and metrics.

use greenhouse_core::{integration::PublicRoute, operator};

/// A part of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
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
            _ => Self::Public,
        }
    }

    /// Whether machines ask this again and again.
    pub(crate) fn is_of_monitoring(self) -> bool {
        matches!(self, Self::Live | Self::Ready | Self::Metrics)
    }

    /// The name of the endpoint at this path: one of a few words, never anything that the path carries.
    pub(crate) fn name(self, path: &str) -> &'static str {
        match self {
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

/// Under `/api/integrations/greenhouse/`. One that is missing here is counted as `operator`.
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
    fn names_are_few_and_tell_nothing_that_the_path_carries() {
        for (path, name) in [
            ("/livez", "livez"),
            ("/readyz", "readyz"),
            ("/metrics", "metrics"),
            ("/metrics/", "unknown"),
            ("/livez/canary", "unknown"),
            ("/product/assessments/canary", "product"),
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
