-- Names of events may be longer than 32 characters (cloud_invoice_invoiceresult_event). No one statement widens a column on every engine,
-- and SQLite enforces no length.
-- only sqlite
SELECT 1;
-- only mysql
ALTER TABLE messages MODIFY kind VARCHAR(128) NOT NULL;
-- only postgres
ALTER TABLE messages ALTER COLUMN kind TYPE VARCHAR(128);
