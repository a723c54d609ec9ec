-- The personal-WeChat channel (iLink bot): connections of users, their messages, and the leases of the instances that run them.

INSERT INTO revisions (topic, revision) VALUES ('ilink', 0);
INSERT INTO sequences (name, last_value) VALUES ('ilink-fence', 0);

-- One row per instance that runs connections: renewed while it runs, deleted by another instance once it has expired.
CREATE TABLE ilink_leases (
    fence       BIGINT NOT NULL PRIMARY KEY,        -- a number that no lease had before
    lease_until BIGINT NOT NULL
);

CREATE TABLE ilink_connections (
    user_id         BIGINT        NOT NULL PRIMARY KEY,
    state           VARCHAR(16)   NOT NULL,         -- connected, paused, needs_login, disconnected
    epoch           BIGINT        NOT NULL,         -- raised by every change of the state or the token: a task of before writes nothing
    fence           BIGINT,                         -- the lease of the instance whose task polls; NULL: no task
    bot_token       VARCHAR(1000),                  -- encrypted
    bot_id          VARCHAR(128),
    ilink_user_id   VARCHAR(128),                   -- the person who scanned: the only one who is answered
    base_url        VARCHAR(255),
    updates_cursor  VARCHAR(8192) NOT NULL,         -- get_updates_buf; empty at first
    context_token   VARCHAR(5600),                  -- encrypted; of the person's latest message
    inbound_at      BIGINT,                         -- the person's latest message: the window ends 24 hours later
    window_sent     BIGINT        NOT NULL,         -- messages sent since
    received        BIGINT        NOT NULL,
    sent            BIGINT        NOT NULL,
    undelivered     BIGINT        NOT NULL,         -- messages that the platform took and dropped, several times
    last_error      VARCHAR(32),
    last_error_at   BIGINT,
    connected_at    BIGINT        NOT NULL,
    is_reminded     SMALLINT      NOT NULL,         -- 1: the person wants a message two hours before the window ends
    reminded_at     BIGINT,
    question        VARCHAR(200),                   -- the open question of the chat
    question_until  BIGINT
);
CREATE INDEX ilink_connections_fence ON ilink_connections (fence);

-- Messages that were handled: the platform may hand one over again.
CREATE TABLE ilink_received (
    user_id     BIGINT      NOT NULL,
    message_id  VARCHAR(64) NOT NULL,
    received_at BIGINT      NOT NULL,
    PRIMARY KEY (user_id, message_id)
);
CREATE INDEX ilink_received_at ON ilink_received (received_at);

-- Answers that are not sent yet, in the order of position.
CREATE TABLE ilink_outbox (
    user_id    BIGINT         NOT NULL,
    position   BIGINT         NOT NULL,
    client_id  VARCHAR(64)    NOT NULL,             -- the same at each attempt: it names a repetition
    item       VARCHAR(12000) NOT NULL,             -- the content as JSON
    attempts   BIGINT         NOT NULL,             -- how often the platform took it without delivering it
    created_at BIGINT         NOT NULL,
    PRIMARY KEY (user_id, position)
);

-- Sign-ins to the channel that wait for a scan: one per user.
CREATE TABLE ilink_logins (
    user_id      BIGINT        NOT NULL PRIMARY KEY,
    pid_hash     VARCHAR(64)   NOT NULL,            -- of the public name of the picture
    session_hash VARCHAR(64)   NOT NULL,            -- of the browser session that may see it
    state        VARCHAR(16)   NOT NULL,
    qr_text      VARCHAR(3000),                     -- encrypted
    typed_number VARCHAR(16),                       -- what the person typed, until it is sent
    created_at   BIGINT        NOT NULL,
    expires_at   BIGINT        NOT NULL
);
CREATE INDEX ilink_logins_pid ON ilink_logins (pid_hash);
