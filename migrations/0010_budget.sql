-- What an owner's history of rules may take, and what each owner has put aside in the inbox of unanswered messages.

-- Bytes of a change's rule_pieces, and of all of an owner's changes.
ALTER TABLE rule_changes ADD COLUMN kept_bytes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE rule_owners ADD COLUMN kept_bytes BIGINT NOT NULL DEFAULT 0;
UPDATE rule_changes SET kept_bytes = COALESCE((SELECT SUM(LENGTH(p.piece)) FROM rule_pieces p WHERE p.change_id = rule_changes.id), 0);
UPDATE rule_owners SET kept_bytes = COALESCE((SELECT SUM(c.kept_bytes) FROM rule_changes c WHERE c.owner_id = rule_owners.owner_id), 0);

-- Waiting files of an owner are counted with each new one.
CREATE INDEX import_jobs_owner ON import_jobs (owner_id);

-- Messages that say this, up to the one with this id, were put aside by this owner; others see them.
CREATE TABLE missed_dismissed (
    owner_id   BIGINT       NOT NULL,
    missed     VARCHAR(200) NOT NULL,
    through_id BIGINT       NOT NULL,
    PRIMARY KEY (owner_id, missed)
);
