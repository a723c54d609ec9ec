-- The way by which a browser was signed in: password, wechat, register, setup. Empty: before this was noted, which counts as WeChat
-- when WeChat is unbound.
ALTER TABLE web_sessions ADD COLUMN door VARCHAR(16) NOT NULL DEFAULT '';

-- How an account came to be: by WeChat's proof, by a password (a registration), or made by the operator. Which one stays when two accounts
-- are joined depends on it.
ALTER TABLE users ADD COLUMN origin VARCHAR(16) NOT NULL DEFAULT 'wechat';
UPDATE users SET origin = CASE WHEN role = 'admin' THEN 'operator' ELSE 'password' END WHERE password_hash IS NOT NULL;

-- The generation of the account when there was access that its owner has not reviewed yet: a password that another browser may have
-- chosen. NULL: nothing to review. What was there before this was kept is to be reviewed once.
ALTER TABLE users ADD COLUMN review_generation BIGINT;
UPDATE users SET review_generation = token_generation
    WHERE password_hash IS NOT NULL AND role <> 'admin' AND id IN (SELECT user_id FROM identities WHERE user_id IS NOT NULL);
