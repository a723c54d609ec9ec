-- Official Accounts. A row is never deleted, so that a slug is never used again.

INSERT INTO revisions (topic, revision) VALUES ('accounts', 0);

CREATE TABLE official_accounts (
    id               BIGINT       NOT NULL PRIMARY KEY,
    slug             VARCHAR(32)  NOT NULL UNIQUE,     -- 1 to 32 of a-z 0-9 -
    name             VARCHAR(64)  NOT NULL,
    appid            VARCHAR(64)  NOT NULL UNIQUE,
    app_secret       VARCHAR(1000),                    -- this and the next three: encrypted with the secret key; NULL: none
    push_token       VARCHAR(1000),
    aes_key          VARCHAR(1000),                    -- NULL: plain mode
    previous_aes_key VARCHAR(1000),                    -- still accepted
    qr_url           VARCHAR(500) NOT NULL,            -- the content of its QR code; empty: unknown
    state            VARCHAR(16)  NOT NULL,            -- draft, connected, disconnected; environment: its secrets are in the environment
    version          BIGINT       NOT NULL,            -- raised by each change of what is in force
    connected_at     BIGINT,                           -- when token, key and mode came into force
    verified_at      BIGINT,                           -- when the platform first used them after that
    created_at       BIGINT       NOT NULL,
    changed_at       BIGINT       NOT NULL
);
