-- The result of a client program's QR belongs to the program that asked for it.

-- Keyed hash of the secret that POST /auth/wechat/qrcode answered; NULL for a QR of before: its client gets no token.
ALTER TABLE follow_scenes ADD COLUMN poll_hash VARCHAR(64);
-- The user who completed the QR; NULL for one of before. A token is shown while the identity still belongs to this user.
ALTER TABLE follow_scenes ADD COLUMN user_id BIGINT;
CREATE INDEX follow_scenes_poll ON follow_scenes (poll_hash);
