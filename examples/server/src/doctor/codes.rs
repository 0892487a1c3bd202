//! Stable codes of the doctor's own findings.

/// Code of a finding. The code of a health check is its name. Problems in settings have codes such
/// as `push_settings.CODE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Code(&'static str);

impl Code {
    pub(super) const fn as_str(self) -> &'static str {
        self.0
    }
}

macro_rules! codes {
    ($($name:ident = $code:literal;)*) => {
        $(pub(super) const $name: Code = Code($code);)*

        /// Codes of the doctor's own findings.
        pub const CODES: &[&str] = &[$($code),*];
    };
}

codes! {
    CONFIG_FILE = "config_file";
    CONFIG_SYNTAX = "config_syntax";
    CONFIG_MISSING = "config_missing";
    CONFIG_VALUE = "config_value";
    CONFIG_VARIABLE = "config_variable";
    SERVICES = "services";
    SANDBOX = "sandbox";
    LISTEN = "listen";
    PUBLIC_URL = "public_url";
    DATABASE_ADDRESS = "database_address";
    DATABASE_SCHEMA = "database_schema";
    DATABASE_MISSING = "database_missing";
    DATABASE = "database";
    DATABASE_TIME = "database_time";
    DATABASE_LOCK = "database_lock";
    DATABASE_DISK = "database_disk";
    DATABASE_SHARED = "database_shared";
    DATABASE_CLOCK = "database_clock";
    SCHEMA_OLDER = "schema_older";
    SCHEMA_NEWER = "schema_newer";
    SCHEMA_OTHER = "schema_other";
    MASTER_KEY = "master_key";
    PRODUCT_DATABASE = "product_database";
    PRODUCT = "product";
    ACCOUNTS = "accounts";
    ACCOUNT_UNKNOWN = "account_unknown";
    ACCOUNT_UNREADABLE = "account_unreadable";
    ACCOUNT_TIME = "account_time";
    DEFAULT_ACCOUNT = "default_account";
    OPERATOR_TOKEN = "operator_token";
    DIRECTIONS = "directions";
    PUSH_UNVERIFIED = "push_unverified";
    CONNECTION = "connection";
    SETTINGS_UNREAD = "settings_unread";
    CLOCK = "clock";
}
