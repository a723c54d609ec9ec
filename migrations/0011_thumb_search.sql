-- A file may be sent to the platform as itself and as the thumbnail of a piece of music: it has an id there for each.
CREATE TABLE media_sendings (
    file_id     BIGINT       NOT NULL,
    appid       VARCHAR(64)  NOT NULL,
    is_thumb    SMALLINT     NOT NULL,
    media_id    VARCHAR(128),
    expires_at  BIGINT       NOT NULL,
    lease_until BIGINT       NOT NULL,
    PRIMARY KEY (file_id, appid, is_thumb)
);
INSERT INTO media_sendings (file_id, appid, is_thumb, media_id, expires_at, lease_until)
    SELECT file_id, appid, 0, media_id, expires_at, lease_until FROM media_uploads;
DROP TABLE media_uploads;
ALTER TABLE media_sendings RENAME TO media_uploads;

-- What answers are looked for in: their texts and titles, folded. Rules of old times are as they were until they are saved again.
ALTER TABLE rule_contents ADD COLUMN search VARCHAR(7000) NOT NULL DEFAULT '';
UPDATE rule_contents SET search = SUBSTR(LOWER(body), 1, 7000);
