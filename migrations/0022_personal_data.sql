-- The identity that a stored answer was given to: the answer is emptied when the identity's data is. NULL: an answer of before.
ALTER TABLE deliveries ADD COLUMN appid VARCHAR(64);
ALTER TABLE deliveries ADD COLUMN openid VARCHAR(64);
CREATE INDEX deliveries_openid ON deliveries (openid);

-- 1: the user or an admin saved the nickname, and no sign-in changes it. Of the names of before, one counts as saved that neither an app
-- of WeChat presented nor the program made.
ALTER TABLE users ADD COLUMN is_nickname_chosen SMALLINT NOT NULL DEFAULT 0;
UPDATE users SET is_nickname_chosen = 1
    WHERE nickname <> CONCAT('用户 ', id) AND nickname <> COALESCE(username, '')
    AND NOT EXISTS (SELECT 1 FROM identities i WHERE i.user_id = users.id AND i.nickname = users.nickname);

-- Paths on the phone or the computer of a mini-program's developer, which no browser can open.
UPDATE users SET avatar_url = NULL WHERE avatar_url LIKE 'http://tmp/%' OR avatar_url LIKE 'http://usr/%' OR avatar_url LIKE 'http://127.0.0.1%';
UPDATE identities SET avatar_url = NULL WHERE avatar_url LIKE 'http://tmp/%' OR avatar_url LIKE 'http://usr/%' OR avatar_url LIKE 'http://127.0.0.1%';
