-- What must hold of a person across two accounts, two instances, and a sign-out that comes between agreeing and collecting.

-- The user's generation (users.token_generation) when the phone agreed: what is collected after it was raised opens nothing.
-- NULL: nobody agreed yet, or before this was kept.
ALTER TABLE signin_sessions ADD COLUMN generation BIGINT;
ALTER TABLE follow_scenes ADD COLUMN generation BIGINT;

-- When the platform was last asked who a follower is across apps; NULL: never.
ALTER TABLE identities ADD COLUMN unionid_asked_at BIGINT;

-- One row a person with a unionid, by its keyed hash: locked by whoever looks whose that person is, so that two who meet them
-- for the first time do so one after the other.
CREATE TABLE person_locks (
    person_hash VARCHAR(64) NOT NULL PRIMARY KEY,
    turn        BIGINT      NOT NULL
);

-- Accounts that went into another one. Their tokens stand for that one until they end by themselves, or its generation is raised.
CREATE TABLE united_users (
    user_id          BIGINT NOT NULL PRIMARY KEY,  -- the one that went
    generation       BIGINT NOT NULL,              -- of its good tokens
    stays_id         BIGINT NOT NULL,
    stays_generation BIGINT NOT NULL,
    expires_at       BIGINT NOT NULL
);
CREATE INDEX united_users_stays ON united_users (stays_id);
CREATE INDEX united_users_expires ON united_users (expires_at);

-- What somebody had used when their account was deleted or let go of their WeChat. The key is a keyed hash of (appid, openid), as
-- in grants: it counts again in the account that they make next.
CREATE TABLE left_usage (
    person_hash VARCHAR(64) NOT NULL,
    feature     VARCHAR(64) NOT NULL,
    period      VARCHAR(16) NOT NULL,
    used        BIGINT      NOT NULL,
    expires_at  BIGINT      NOT NULL,
    PRIMARY KEY (person_hash, feature, period)
);
CREATE INDEX left_usage_expires ON left_usage (expires_at);
