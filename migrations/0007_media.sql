-- Files that people put into answers, files of rules on their way in, and questions that the chat waits for.

-- Whatever is a file, as base64 in pieces that every database takes.
CREATE TABLE file_pieces (
    file_id  BIGINT        NOT NULL,
    position BIGINT        NOT NULL,
    piece    VARCHAR(8000) NOT NULL,
    PRIMARY KEY (file_id, position)
);

-- Pictures, voices and videos. owner_id 0 is the account itself, else a user.
CREATE TABLE media_files (
    id         BIGINT       NOT NULL PRIMARY KEY,
    owner_id   BIGINT       NOT NULL,
    access_key VARCHAR(32)  NOT NULL UNIQUE,        -- in the file's address: whoever has it may look
    format     VARCHAR(8)   NOT NULL,               -- jpg, png, gif, mp3, amr, mp4
    name       VARCHAR(100) NOT NULL,
    digest     VARCHAR(64)  NOT NULL,               -- SHA-256: a file is kept once an owner
    size_bytes BIGINT       NOT NULL,
    created_at BIGINT       NOT NULL,
    touched_at BIGINT       NOT NULL,               -- last uploaded
    used_at    BIGINT,                              -- when a rule was last seen to use it
    UNIQUE (owner_id, digest)
);

-- How much an owner has; changed by the update that checks it.
CREATE TABLE media_owners (
    owner_id   BIGINT NOT NULL PRIMARY KEY,
    used_bytes BIGINT NOT NULL
);

-- What the platform calls a file, and for how long; and the lease of the instance that sends it there.
CREATE TABLE media_uploads (
    file_id     BIGINT       NOT NULL,
    appid       VARCHAR(64)  NOT NULL,
    media_id    VARCHAR(128),
    expires_at  BIGINT       NOT NULL,
    lease_until BIGINT       NOT NULL,
    PRIMARY KEY (file_id, appid)
);

CREATE INDEX rule_contents_kind ON rule_contents (kind);

-- A file of rules, looked at before it is applied.
CREATE TABLE import_jobs (
    id         BIGINT        NOT NULL PRIMARY KEY,
    owner_id   BIGINT        NOT NULL,
    actor_id   BIGINT        NOT NULL,
    name       VARCHAR(100)  NOT NULL,
    format     VARCHAR(8)    NOT NULL,              -- csv, json
    state      VARCHAR(8)    NOT NULL,              -- waiting, running, done, failed
    result     VARCHAR(2000) NOT NULL,              -- JSON: what came of it
    created_at BIGINT        NOT NULL,
    changed_at BIGINT        NOT NULL,
    expires_at BIGINT        NOT NULL
);
CREATE INDEX import_jobs_expires ON import_jobs (expires_at);

-- What the chat has asked a person: one question at a time, good for five minutes.
CREATE TABLE chat_questions (
    appid      VARCHAR(64)  NOT NULL,
    openid     VARCHAR(64)  NOT NULL,
    kind       VARCHAR(16)  NOT NULL,               -- delete, unbind
    subject    VARCHAR(400) NOT NULL,               -- delete: numbers of rules
    expires_at BIGINT       NOT NULL,
    PRIMARY KEY (appid, openid)
);
CREATE INDEX chat_questions_expires ON chat_questions (expires_at);
