-- Sign-in: sessions that wait for a phone, codes that the account gave out, browsers that are signed in, and limits.

-- Scene, poll secret, browser secret and code are stored as keyed hashes only.
CREATE TABLE signin_sessions (
    id                    BIGINT       NOT NULL PRIMARY KEY,
    purpose               VARCHAR(16)  NOT NULL,    -- register, login, bind, reset, follow
    status                VARCHAR(16)  NOT NULL,    -- waiting, scanned, success, expired, refused, error
    fault                 VARCHAR(32),              -- why the status is error
    scene_hash            VARCHAR(64)  NOT NULL UNIQUE,
    poll_hash             VARCHAR(64)  NOT NULL UNIQUE,
    browser_hash          VARCHAR(64),
    code_hash             VARCHAR(64)  UNIQUE,      -- NULL once the code can no longer be sent
    client_id             VARCHAR(128),
    ticket                VARCHAR(255),
    qr_url                VARCHAR(500),
    appid                 VARCHAR(64)  NOT NULL,
    openid                VARCHAR(64),
    user_id               BIGINT,                   -- bind: who asks; else who was signed in
    pending_username      VARCHAR(64),
    pending_password_hash VARCHAR(255),
    next_path             VARCHAR(200),
    browser_label         VARCHAR(100) NOT NULL,
    address               VARCHAR(64)  NOT NULL,
    guesses               BIGINT       NOT NULL,
    refreshes             BIGINT       NOT NULL,
    created_at            BIGINT       NOT NULL,
    expires_at            BIGINT       NOT NULL,
    scanned_at            BIGINT,
    completed_at          BIGINT,
    consumed_at           BIGINT,
    changed_at            BIGINT       NOT NULL
);
CREATE INDEX signin_sessions_browser ON signin_sessions (browser_hash);
CREATE INDEX signin_sessions_person ON signin_sessions (openid, status);
CREATE INDEX signin_sessions_changed ON signin_sessions (changed_at);
CREATE INDEX signin_sessions_expires ON signin_sessions (expires_at);

-- A code that the account gave to a follower, to be typed into a page. Spent by deleting the row.
CREATE TABLE dynamic_codes (
    code_hash  VARCHAR(64) NOT NULL PRIMARY KEY,
    purpose    VARCHAR(16) NOT NULL,                -- signin, reset
    appid      VARCHAR(64) NOT NULL,
    openid     VARCHAR(64) NOT NULL,
    created_at BIGINT      NOT NULL,
    expires_at BIGINT      NOT NULL
);
CREATE INDEX dynamic_codes_person ON dynamic_codes (openid, purpose);
CREATE INDEX dynamic_codes_expires ON dynamic_codes (expires_at);

CREATE TABLE web_sessions (
    id_hash       VARCHAR(64)   NOT NULL PRIMARY KEY,
    user_id       BIGINT,
    data          VARCHAR(2000) NOT NULL,
    public_id     VARCHAR(22)   NOT NULL UNIQUE,    -- names the session in the personal centre; opens nothing
    browser_label VARCHAR(100)  NOT NULL,
    address       VARCHAR(64)   NOT NULL,
    created_at    BIGINT        NOT NULL,
    seen_at       BIGINT        NOT NULL,
    expires_at    BIGINT        NOT NULL
);
CREATE INDEX web_sessions_user ON web_sessions (user_id);
CREATE INDEX web_sessions_expires ON web_sessions (expires_at);

-- Counters of a fixed window. The bucket names the limit, the (hashed) subject and the window.
CREATE TABLE rate_counters (
    bucket     VARCHAR(128) NOT NULL PRIMARY KEY,
    used       BIGINT       NOT NULL,
    expires_at BIGINT       NOT NULL
);
CREATE INDEX rate_counters_expires ON rate_counters (expires_at);

-- Consecutive password failures of one name from one address: each doubles the wait.
CREATE TABLE password_failures (
    subject    VARCHAR(64) NOT NULL PRIMARY KEY,
    failures   BIGINT      NOT NULL,
    retry_at   BIGINT      NOT NULL,
    expires_at BIGINT      NOT NULL
);
