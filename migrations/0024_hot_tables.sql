-- Every message and every delivery wrote to a page of its own in each of these indexes. On the embedded database that bounds the
-- messages a second; there the deletion of a person scans a day of deliveries, and the list of a rule's messages scans the messages.
-- only sqlite
DROP INDEX deliveries_openid;
DROP INDEX messages_rule;
-- only mysql
DO 0;
-- only postgres
SELECT 0;
