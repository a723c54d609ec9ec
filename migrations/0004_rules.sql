-- Rules that are edited by many, through many doors, with a history; numbers about them; and answers in several parts.

-- Who changed a rule last, by which door, and the folded first keyword (or the name), to sort by.
ALTER TABLE reply_rules ADD COLUMN updated_by BIGINT;
ALTER TABLE reply_rules ADD COLUMN updated_door VARCHAR(8) NOT NULL DEFAULT 'web';
ALTER TABLE reply_rules ADD COLUMN sort_key VARCHAR(200) NOT NULL DEFAULT '';
UPDATE reply_rules SET sort_key = COALESCE((SELECT k.folded FROM rule_keywords k WHERE k.rule_id = reply_rules.id AND k.position = 0), '');
CREATE INDEX reply_rules_cause ON reply_rules (owner_id, cause);

-- Whose and what kind of keyword it is: one look-up finds whether an owner has it already.
ALTER TABLE rule_keywords ADD COLUMN owner_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE rule_keywords ADD COLUMN cause VARCHAR(16) NOT NULL DEFAULT 'keyword';
UPDATE rule_keywords SET owner_id = COALESCE((SELECT r.owner_id FROM reply_rules r WHERE r.id = rule_keywords.rule_id), 0);
CREATE INDEX rule_keywords_folded ON rule_keywords (owner_id, folded);

-- An owner's edits go one after the other: each begins by updating this row. Numbers are never given twice.
CREATE TABLE rule_owners (
    owner_id    BIGINT NOT NULL PRIMARY KEY,
    last_number BIGINT NOT NULL,
    rules       BIGINT NOT NULL,                    -- how many there are
    edits       BIGINT NOT NULL,
    changed     BIGINT NOT NULL                     -- revisions.rules of the last change
);
CREATE INDEX rule_owners_changed ON rule_owners (changed);
INSERT INTO rule_owners (owner_id, last_number, rules, edits, changed)
    SELECT owner_id, MAX(number), COUNT(*), 0, 0 FROM reply_rules GROUP BY owner_id;

-- One act of one editor, on one rule or on thousands.
CREATE TABLE rule_changes (
    id         BIGINT       NOT NULL PRIMARY KEY,
    owner_id   BIGINT       NOT NULL,
    actor_id   BIGINT       NOT NULL,               -- 0: the program itself
    door       VARCHAR(8)   NOT NULL,               -- web, chat, api, cli, import, undo
    action     VARCHAR(16)  NOT NULL,               -- add, update, enable, disable, delete, priority, import, restore, undo
    rules      BIGINT       NOT NULL,
    summary    VARCHAR(200) NOT NULL,               -- the first keywords
    undoes     BIGINT,
    undone_by  BIGINT,
    created_at BIGINT       NOT NULL
);
CREATE INDEX rule_changes_owner ON rule_changes (owner_id, id);

-- What a change did to each rule: what was there before stands in rule_pieces (nothing, where the rule was added).
CREATE TABLE rule_versions (
    change_id  BIGINT      NOT NULL,
    rule_id    BIGINT      NOT NULL,
    owner_id   BIGINT      NOT NULL,
    number     BIGINT      NOT NULL,
    after_mark VARCHAR(32) NOT NULL,                -- digest of what the rule said afterwards; empty: it was gone
    PRIMARY KEY (change_id, rule_id)
);
CREATE INDEX rule_versions_rule ON rule_versions (owner_id, number, change_id);

-- The JSON of what was there, in pieces that every database takes.
CREATE TABLE rule_pieces (
    change_id BIGINT        NOT NULL,
    rule_id   BIGINT        NOT NULL,
    position  BIGINT        NOT NULL,
    piece     VARCHAR(8000) NOT NULL,
    PRIMARY KEY (change_id, rule_id, position)
);

-- Answers a rule a day; the day counts from 1970-01-01 in Beijing.
CREATE TABLE rule_hits (
    rule_id BIGINT NOT NULL,
    day     BIGINT NOT NULL,
    hits    BIGINT NOT NULL,
    PRIMARY KEY (rule_id, day)
);

-- Answered and unanswered messages of an owner a day. In lanes, so that messages at once do not wait for one row.
CREATE TABLE reply_days (
    owner_id BIGINT NOT NULL,
    day      BIGINT NOT NULL,
    lane     BIGINT NOT NULL,
    hits     BIGINT NOT NULL,
    misses   BIGINT NOT NULL,
    PRIMARY KEY (owner_id, day, lane)
);

-- Why a message was answered as it was, and the folded text that no keyword rule answered. Kept as long as contents are.
ALTER TABLE messages ADD COLUMN trace VARCHAR(4000);
ALTER TABLE messages ADD COLUMN missed VARCHAR(200);
CREATE INDEX messages_missed ON messages (missed);
CREATE INDEX messages_rule ON messages (rule_id, id);
CREATE INDEX messages_user ON messages (user_id, id);

-- The rest of an answer, until the person asks for more.
CREATE TABLE pending_replies (
    appid      VARCHAR(64)   NOT NULL,
    openid     VARCHAR(64)   NOT NULL,
    position   BIGINT        NOT NULL,
    body       VARCHAR(8000) NOT NULL,              -- JSON of one content, filled
    expires_at BIGINT        NOT NULL,
    PRIMARY KEY (appid, openid, position)
);
CREATE INDEX pending_replies_expires ON pending_replies (expires_at);
