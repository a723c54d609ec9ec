-- What other programs use: tokens that can be revoked, usage against quotas, credits that are set aside, and the counter.

-- Every token carries the generation it was issued in; raising a user's ends all of them at once.
ALTER TABLE users ADD COLUMN token_generation BIGINT NOT NULL DEFAULT 0;
-- Running totals beside the balance: credits = credits_granted - credits_spent, always.
ALTER TABLE users ADD COLUMN credits_granted BIGINT NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN credits_spent BIGINT NOT NULL DEFAULT 0;
-- So far nothing was spent.
UPDATE users SET credits_granted = credits;

CREATE INDEX identities_openid ON identities (openid);

INSERT INTO revisions (topic, revision) VALUES ('tokens', 1);

-- Single tokens that were revoked, until they would have expired anyway.
CREATE TABLE revoked_tokens (
    jti        VARCHAR(64) NOT NULL PRIMARY KEY,
    user_id    BIGINT      NOT NULL,
    expires_at BIGINT      NOT NULL
);
CREATE INDEX revoked_tokens_user ON revoked_tokens (user_id);
CREATE INDEX revoked_tokens_expires ON revoked_tokens (expires_at);

-- How much of a feature was used in a window: a day (2025-09-12) or month (2025-09) of Asia/Shanghai, or 'total'.
CREATE TABLE usage_counters (
    user_id    BIGINT      NOT NULL,
    feature    VARCHAR(64) NOT NULL,
    period     VARCHAR(16) NOT NULL,
    used       BIGINT      NOT NULL,
    expires_at BIGINT      NOT NULL,
    PRIMARY KEY (user_id, feature, period)
);
CREATE INDEX usage_counters_expires ON usage_counters (expires_at);

-- Credits that were taken for work under way. The instance that works renews expires_at; when it died, the credits go back.
CREATE TABLE credit_holds (
    id         BIGINT      NOT NULL PRIMARY KEY,
    user_id    BIGINT      NOT NULL,
    amount     BIGINT      NOT NULL,
    reason     VARCHAR(64) NOT NULL,
    key_hash   VARCHAR(64),                         -- the idempotency key that goes with it
    expires_at BIGINT      NOT NULL
);
CREATE INDEX credit_holds_user ON credit_holds (user_id);
CREATE INDEX credit_holds_expires ON credit_holds (expires_at);

-- What was asked for under a caller's own key, and what was answered: asked again, it is answered alike and spends nothing.
CREATE TABLE idempotency_keys (
    user_id     BIGINT        NOT NULL,
    key_hash    VARCHAR(64)   NOT NULL,
    fingerprint VARCHAR(64)   NOT NULL,
    answer      VARCHAR(4000),                      -- NULL: being worked on
    expires_at  BIGINT        NOT NULL,
    PRIMARY KEY (user_id, key_hash)
);
CREATE INDEX idempotency_keys_expires ON idempotency_keys (expires_at);

CREATE TABLE counters (
    name  VARCHAR(64) NOT NULL PRIMARY KEY,
    value BIGINT      NOT NULL
);
INSERT INTO counters (name, value) VALUES ('count', 0);
