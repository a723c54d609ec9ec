-- Sign-in sessions are looked up by their user: when the user is deleted, and when one of their browsers is signed out.
CREATE INDEX signin_sessions_user ON signin_sessions (user_id);

-- How often an answered request was repeated under its key: each repetition is work that is not paid for.
ALTER TABLE idempotency_keys ADD COLUMN repeats BIGINT NOT NULL DEFAULT 0;
