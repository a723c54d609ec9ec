-- Values that are encrypted with the secret key, which is kept outside the database: keys that could forge something.
CREATE TABLE secret_values (
    name  VARCHAR(64)   NOT NULL PRIMARY KEY,
    value VARCHAR(4000) NOT NULL             -- enc1: and Base64 of nonce, ciphertext and tag; the name is associated data
);

-- An answer that holds a code is stored encrypted, and given again until this time only. NULL: an answer without a code.
ALTER TABLE deliveries ADD COLUMN reply_until BIGINT;

-- The delivery whose stored answer holds this code: the answer is deleted with the code.
ALTER TABLE dynamic_codes ADD COLUMN delivery_key VARCHAR(191);

-- Pushes in plain mode whose signature was used, for as long as the platform's time stamp is accepted: the signature does not
-- cover the body, so it is accepted for one body only. Rows are ordered by time; the oldest are deleted.
CREATE TABLE used_signatures (
    signed_at      BIGINT      NOT NULL,     -- the push's own time stamp, in epoch milliseconds
    signature_hash VARCHAR(64) NOT NULL,     -- keyed hash of time stamp, nonce and signature
    body_hash      VARCHAR(64) NOT NULL,     -- keyed hash of the body
    PRIMARY KEY (signed_at, signature_hash)
);
