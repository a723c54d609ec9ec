-- Networks that a user signed in from, as keyed hashes. Guesses at the user's name from elsewhere do not slow them. A raised generation
-- (signed out everywhere, a new password) makes them unknown again.
CREATE TABLE known_networks (
    user_id    BIGINT      NOT NULL,
    network    VARCHAR(64) NOT NULL,
    generation BIGINT      NOT NULL,
    seen_at    BIGINT      NOT NULL,
    PRIMARY KEY (user_id, network)
);
CREATE INDEX known_networks_seen ON known_networks (seen_at);
