-- The index that finds users by fragments of what they are called and by filters: for each gram (one or two characters, or a filter
-- value) the users who have it. `members` holds them as base64, relative to the segment: 32,768 user ids.
CREATE TABLE user_postings (
    segment BIGINT        NOT NULL,
    gram    BIGINT        NOT NULL,
    users   BIGINT        NOT NULL,                 -- how many members there are
    members VARCHAR(5500) NOT NULL,
    PRIMARY KEY (segment, gram)
);
CREATE TABLE user_segments (
    segment BIGINT NOT NULL PRIMARY KEY,
    users   BIGINT NOT NULL                         -- how many of its users are in the index
);
-- Users whose entries in the index are missing (is_indexed = 0) or may be out of date (1). A search looks at their rows.
CREATE TABLE users_to_index (
    user_id    BIGINT   NOT NULL PRIMARY KEY,
    changes    BIGINT   NOT NULL,                   -- raised by each change, so that none is missed while the user is being indexed
    is_indexed SMALLINT NOT NULL
);
INSERT INTO users_to_index (user_id, changes, is_indexed) SELECT id, 0, 0 FROM users;
-- Locked by whatever changes the index.
INSERT INTO revisions (topic, revision) VALUES ('user_index', 1);

-- The orders of the user list.
CREATE INDEX users_last_login ON users (last_login_at, id);
CREATE INDEX users_credits ON users (credits, id);
