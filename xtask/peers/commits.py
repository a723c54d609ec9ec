"""Raw commits of the embedded database: one row in each transaction, for so many seconds. commits.py FILE SECONDS"""

import sqlite3
import sys
import time

file, seconds = sys.argv[1], float(sys.argv[2])
database = sqlite3.connect(file, isolation_level=None)
database.execute("PRAGMA journal_mode = WAL")
database.execute("PRAGMA synchronous = FULL")
database.execute("CREATE TABLE spent (id INTEGER PRIMARY KEY, user_id INTEGER, delta INTEGER)")
commits, begun = 0, time.monotonic()
while time.monotonic() - begun < seconds:
    database.execute("INSERT INTO spent (user_id, delta) VALUES (1, -1)")
    commits += 1
print(commits / (time.monotonic() - begun), sqlite3.sqlite_version)
