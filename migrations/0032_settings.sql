-- Settings that were changed in the console, and the history of these changes.

INSERT INTO revisions (topic, revision) VALUES ('settings', 0);

CREATE TABLE setting_values (
    name      VARCHAR(64)   NOT NULL PRIMARY KEY,   -- the key in the settings file: signin.confirm
    new_value VARCHAR(2000) NOT NULL                -- as text; a setting without a row has the value of the file, or its default
);

CREATE TABLE setting_changes (
    id           BIGINT      NOT NULL PRIMARY KEY,  -- in the order of time
    name         VARCHAR(64) NOT NULL,
    value_before VARCHAR(2000),                     -- NULL: it was not set in the console
    value_after  VARCHAR(2000),
    actor_id     BIGINT,                            -- NULL: that account was deleted
    undoes       BIGINT,                            -- the change that this one took back
    created_at   BIGINT      NOT NULL
);
