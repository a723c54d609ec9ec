-- The account's rules that the operator shows on the home page.
ALTER TABLE reply_rules ADD COLUMN is_on_home SMALLINT NOT NULL DEFAULT 0;
