use chrono::DateTime;
