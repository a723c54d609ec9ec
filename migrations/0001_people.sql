-- People, how they are known to WeChat, and what they own.
-- The portable subset of SQLite, MySQL/MariaDB and PostgreSQL: BIGINT, SMALLINT for flags, VARCHAR(n); times are epoch
-- milliseconds UTC; ids are made by the program. TEXT is never used (MySQL's driver gives it back as bytes).

-- Secrets and small facts that belong to the installation: name -> value.
CREATE TABLE facts (
    name  VARCHAR(64)   NOT NULL PRIMARY KEY,
    value VARCHAR(2000) NOT NULL
);

-- Counters for numbers that people see; a row is locked by the update that draws from it.
CREATE TABLE sequences (
    name       VARCHAR(64) NOT NULL PRIMARY KEY,
    last_value BIGINT      NOT NULL
);
INSERT INTO sequences (name, last_value) VALUES ('user', 1000);

-- A version a topic: other instances see here that what they hold in memory is out of date.
CREATE TABLE revisions (
    topic    VARCHAR(64) NOT NULL PRIMARY KEY,
    revision BIGINT      NOT NULL
);
INSERT INTO revisions (topic, revision) VALUES ('rules', 1);

CREATE TABLE users (
    id            BIGINT       NOT NULL PRIMARY KEY,
    username      VARCHAR(64),
    username_key  VARCHAR(64)  UNIQUE,      -- folded: what must be unique
    password_hash VARCHAR(255),
    nickname      VARCHAR(64)  NOT NULL,
    avatar_url    VARCHAR(500),
    email         VARCHAR(254),
    phone         VARCHAR(32),
    real_name     VARCHAR(64),
    level         VARCHAR(16)  NOT NULL,
    role          VARCHAR(16)  NOT NULL,
    is_enabled    SMALLINT     NOT NULL,
    is_auto_reply SMALLINT     NOT NULL,
    credits       BIGINT       NOT NULL CHECK (credits >= 0),
    created_at    BIGINT       NOT NULL,
    updated_at    BIGINT       NOT NULL,
    last_login_at BIGINT
);

CREATE TABLE identities (
    appid           VARCHAR(64) NOT NULL,
    openid          VARCHAR(64) NOT NULL,
    app             VARCHAR(16) NOT NULL,   -- official_account, mini_program, web
    unionid         VARCHAR(64),
    user_id         BIGINT,                 -- NULL: a follower without an account
    nickname        VARCHAR(64),
    avatar_url      VARCHAR(500),
    is_subscribed   SMALLINT    NOT NULL,
    subscribed_at   BIGINT,
    unsubscribed_at BIGINT,
    source_scene    VARCHAR(64),
    created_at      BIGINT      NOT NULL,
    PRIMARY KEY (appid, openid)
);
CREATE INDEX identities_user ON identities (user_id);
CREATE INDEX identities_unionid ON identities (unionid);

-- Every change of a balance. users.credits is the running total, changed in the same transaction.
CREATE TABLE credit_entries (
    id            BIGINT       NOT NULL PRIMARY KEY,
    user_id       BIGINT       NOT NULL,
    delta         BIGINT       NOT NULL,
    balance_after BIGINT       NOT NULL,
    kind          VARCHAR(16)  NOT NULL,    -- grant, spend, refund, adjust
    reason        VARCHAR(64)  NOT NULL,
    created_at    BIGINT       NOT NULL
);
CREATE INDEX credit_entries_user ON credit_entries (user_id, id);

-- What a person was given once. The key is a keyed hash of (appid, openid): it outlives the account without naming anyone.
CREATE TABLE grants (
    person_hash VARCHAR(64) NOT NULL,
    reason      VARCHAR(64) NOT NULL,
    granted_at  BIGINT      NOT NULL,
    PRIMARY KEY (person_hash, reason)
);

CREATE TABLE audit_entries (
    id         BIGINT        NOT NULL PRIMARY KEY,
    actor_id   BIGINT,                      -- the user who did it; NULL: the program, or somebody not signed in
    action     VARCHAR(64)   NOT NULL,
    target     VARCHAR(128)  NOT NULL,
    address    VARCHAR(64)   NOT NULL,
    detail     VARCHAR(1000) NOT NULL,
    created_at BIGINT        NOT NULL
);
CREATE INDEX audit_entries_target ON audit_entries (target, id);
