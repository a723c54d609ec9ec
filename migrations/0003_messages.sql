-- Messages and replies.

-- The answer to every delivery of the last day: a redelivery gets the same one again.
CREATE TABLE deliveries (
    dedupe_key  VARCHAR(191)  NOT NULL PRIMARY KEY,
    reply       VARCHAR(12000),                     -- XML before sealing; NULL: 'success'
    received_at BIGINT        NOT NULL
);
CREATE INDEX deliveries_received ON deliveries (received_at);

CREATE TABLE messages (
    id          BIGINT        NOT NULL PRIMARY KEY,
    appid       VARCHAR(64)   NOT NULL,
    openid      VARCHAR(64)   NOT NULL,
    user_id     BIGINT,
    kind        VARCHAR(32)   NOT NULL,
    content     VARCHAR(4000),                      -- NULL: not text, or not to be stored
    answered_by VARCHAR(16)   NOT NULL,             -- command, own_rule, account_rule, default, follow, signin, none
    rule_id     BIGINT,
    reply_kind  VARCHAR(16)   NOT NULL,
    took_us     BIGINT        NOT NULL,
    received_at BIGINT        NOT NULL
);
CREATE INDEX messages_received ON messages (received_at);
CREATE INDEX messages_person ON messages (openid, received_at);

-- owner_id 0 is the account itself, else a user.
CREATE TABLE reply_rules (
    id         BIGINT      NOT NULL PRIMARY KEY,
    owner_id   BIGINT      NOT NULL,
    number     BIGINT      NOT NULL,                -- what people call the rule: 01, 02, …
    name       VARCHAR(64) NOT NULL,
    cause      VARCHAR(16) NOT NULL,                -- keyword, follow, default
    answer     VARCHAR(8)  NOT NULL,                -- all, random
    priority   BIGINT      NOT NULL,
    is_enabled SMALLINT    NOT NULL,
    hits       BIGINT      NOT NULL,
    last_hit_at BIGINT,
    revision   BIGINT      NOT NULL,
    created_at BIGINT      NOT NULL,
    updated_at BIGINT      NOT NULL,
    UNIQUE (owner_id, number)
);

CREATE TABLE rule_keywords (
    rule_id  BIGINT       NOT NULL,
    position BIGINT       NOT NULL,
    keyword  VARCHAR(200) NOT NULL,
    folded   VARCHAR(200) NOT NULL,
    matching VARCHAR(8)   NOT NULL,                 -- exact, prefix, contains, regex
    PRIMARY KEY (rule_id, position)
);

CREATE TABLE rule_contents (
    rule_id  BIGINT        NOT NULL,
    position BIGINT        NOT NULL,
    kind     VARCHAR(8)    NOT NULL,                -- text, image, voice, video, music, news
    body     VARCHAR(8000) NOT NULL,                -- text: the text; else JSON of the kind's fields
    PRIMARY KEY (rule_id, position)
);

-- The platform's access_token, shared by all instances, and the lease of the one that renews it.
CREATE TABLE platform_tokens (
    appid       VARCHAR(64)   NOT NULL PRIMARY KEY,
    token       VARCHAR(1500),
    expires_at  BIGINT        NOT NULL,
    lease_owner VARCHAR(64)   NOT NULL,
    lease_until BIGINT        NOT NULL
);
