-- Accounts that a follower registered by their WeChat, and until when the chat takes the registration back.
CREATE TABLE registrations (
    user_id    BIGINT      NOT NULL PRIMARY KEY,
    appid      VARCHAR(64) NOT NULL,
    openid     VARCHAR(64) NOT NULL,                -- the WeChat that confirmed the registration
    undo_until BIGINT      NOT NULL
);
CREATE INDEX registrations_person ON registrations (appid, openid);
CREATE INDEX registrations_undo ON registrations (undo_until);
