-- Pictures of users, fetched once from the address that an app of WeChat presented (users.avatar_url), and served from this site.
CREATE TABLE avatars (
    user_id    BIGINT       NOT NULL PRIMARY KEY,
    source     VARCHAR(500) NOT NULL,               -- the address that was asked
    access_key VARCHAR(32)  UNIQUE,                 -- in the picture's address here; NULL: there is no picture yet
    picture    VARCHAR(12000),                      -- WebP in base64; NULL: not fetched, or no picture
    asked_at   BIGINT       NOT NULL                -- when the address was last asked
);
