-- Daily check-ins: the last day of each user, and how many days in a row. Credits are in the ledger; what a day and a month gave is in
-- usage_counters.
CREATE TABLE check_ins (
    user_id  BIGINT NOT NULL PRIMARY KEY,
    last_day BIGINT NOT NULL,                       -- days since 1970-01-01 in Asia/Shanghai
    streak   BIGINT NOT NULL,
    total    BIGINT NOT NULL
);
