-- Pairs of accounts of one person whose joining was asked about in the chat. The smaller id stands first.
CREATE TABLE account_joins (
    one_id     BIGINT NOT NULL,
    other_id   BIGINT NOT NULL,
    asked_at   BIGINT NOT NULL,
    refused_at BIGINT,                              -- NULL: the person has not said no
    PRIMARY KEY (one_id, other_id)
);
CREATE INDEX account_joins_other ON account_joins (other_id);
