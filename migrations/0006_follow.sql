-- The doors of client programs (dialect A): QR codes that live for 30 days, and who scanned them.

CREATE TABLE follow_scenes (
    scene_hash   VARCHAR(64) NOT NULL PRIMARY KEY,
    client_hash  VARCHAR(64) NOT NULL,              -- which client program asked; several may belong to one person
    appid        VARCHAR(64) NOT NULL,
    openid       VARCHAR(64),                       -- who scanned it first
    created_at   BIGINT      NOT NULL,
    expires_at   BIGINT      NOT NULL,
    completed_at BIGINT,
    cancelled_at BIGINT                             -- the person took it back in the chat
);
CREATE INDEX follow_scenes_client ON follow_scenes (client_hash, created_at);
CREATE INDEX follow_scenes_person ON follow_scenes (openid, completed_at);
CREATE INDEX follow_scenes_expires ON follow_scenes (expires_at);
