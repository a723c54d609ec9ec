-- Redemption codes: batches, their codes as keyed hashes, and who redeemed which.

CREATE TABLE code_batches (
    id         BIGINT       NOT NULL PRIMARY KEY,
    credits    BIGINT       NOT NULL,               -- what a code gives: credits,
    level      VARCHAR(16)  NOT NULL,               -- a level (empty: none),
    level_days BIGINT       NOT NULL,               -- for so many days
    codes      BIGINT       NOT NULL,               -- number of codes
    uses_max   BIGINT       NOT NULL,               -- uses of each code
    is_once    SMALLINT     NOT NULL,               -- 1: a person redeems one code of the batch only
    valid_from BIGINT,
    valid_to   BIGINT,                              -- the first millisecond after
    note       VARCHAR(200) NOT NULL,
    redeemed   BIGINT       NOT NULL,               -- uses of all codes; also of people who deleted their account
    created_at BIGINT       NOT NULL,
    stopped_at BIGINT
);

CREATE TABLE redemption_codes (
    id        BIGINT      NOT NULL PRIMARY KEY,
    batch_id  BIGINT      NOT NULL,
    code_hash VARCHAR(64) NOT NULL UNIQUE,
    last_four VARCHAR(4)  NOT NULL,
    used      BIGINT      NOT NULL,
    uses_max  BIGINT      NOT NULL
);
CREATE INDEX redemption_codes_batch ON redemption_codes (batch_id);

-- Who redeemed. That a WeChat identity did stays in `grants` after its account is deleted.
CREATE TABLE redemptions (
    id          BIGINT      NOT NULL PRIMARY KEY,
    batch_id    BIGINT      NOT NULL,
    code_id     BIGINT      NOT NULL,
    user_id     BIGINT      NOT NULL,
    credits     BIGINT      NOT NULL,
    level       VARCHAR(16) NOT NULL,
    level_until BIGINT,
    redeemed_at BIGINT      NOT NULL
);
CREATE INDEX redemptions_batch ON redemptions (batch_id, id);
CREATE INDEX redemptions_user ON redemptions (user_id, code_id);
