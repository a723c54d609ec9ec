-- Finding people among many, and why somebody may not sign in.

-- Name, nickname, real name, e-mail and phone, folded, one a line: what a fragment is looked for in. Kept by store/user.rs;
-- empty for users of before, until the next start fills it in.
ALTER TABLE users ADD COLUMN search_key VARCHAR(600) NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN disabled_reason VARCHAR(200);
CREATE INDEX users_created ON users (created_at, id);

-- Raised before the number of admins is looked at: two who dismiss each other at once do so one after the other.
INSERT INTO revisions (topic, revision) VALUES ('admins', 1);
