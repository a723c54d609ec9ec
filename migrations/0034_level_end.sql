-- When a level ends, in epoch milliseconds: the user is `normal` from then on. NULL: it does not end.
ALTER TABLE users ADD COLUMN level_until BIGINT;
CREATE INDEX users_level_until ON users (level_until);
