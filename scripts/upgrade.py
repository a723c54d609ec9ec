"""Starts this version on databases that an earlier version filled, on three engines, and compares every row.

    cargo xtask soak upgrade COMMIT

The earlier version is built in a worktree below target/. Its own examples and `crowd` fill the database over HTTP. Then this version
starts on it: every table and column of before must be there with the same values, except those in CHANGES. A browser that was signed in
stays signed in, the password still works, and the examples of this version pass on the upgraded database.
"""

import collections
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
EXAMPLES = ["follow", "assistant", "mini_program", "qr_login", "cloud_hosting"]
# Tables whose rows a start changes on purpose: keys are encrypted, revisions grow, connections of the personal channel get a new lease.
CHANGES = {"facts", "revisions", "platform_tokens", "secret_values", "ilink_connections"}
# The counter of those leases.
LEASES = "ilink-fence"
DATABASE = "weida_upgrade"
RENAME = re.compile(r"ALTER TABLE (\w+) RENAME TO (\w+)")


def run(*command, **options):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=True, **options).stdout


class Engine:
    """A database, asked through its own command-line client."""

    def __init__(self, name, folder):
        self.name, self.file = name, folder / "weida.db"
        if name == "mysql":
            self.client = ["mysql", "-h127.0.0.1", "-uroot", "-N", "-B"]
            create = f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
            run(*self.client, "-e", f"DROP DATABASE IF EXISTS {DATABASE}; {create}")
            self.url = f"mysql://root@127.0.0.1:3306/{DATABASE}"
        elif name == "postgres":
            self.client = ["psql", "-h127.0.0.1", "-Upostgres", "-At", "-F", "\x1f", "-R", "\x1e"]
            run(*self.client, "-c", f"DROP DATABASE IF EXISTS {DATABASE}")
            run(*self.client, "-c", f"CREATE DATABASE {DATABASE} ENCODING 'UTF8' TEMPLATE template0")
            self.url = f"postgres://postgres@127.0.0.1:5432/{DATABASE}"
        else:
            self.url = f"sqlite://{self.file}"

    def rows(self, sql):
        if self.name == "sqlite":
            return run("sqlite3", "-separator", "\x1f", "-newline", "\x1e", self.file, sql).split("\x1e")[:-1]
        if self.name == "mysql":
            return [row.replace("\t", "\x1f") for row in run(*self.client, DATABASE, "-e", sql).split("\n")[:-1]]
        return [row for row in run(*self.client, DATABASE, "-c", sql).rstrip("\n").split("\x1e") if row]

    def columns(self):
        schema = "DATABASE()" if self.name == "mysql" else "'public'"
        sql = f"SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = {schema}"
        if self.name == "sqlite":
            sql = "SELECT m.name, p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table'"
        found = collections.defaultdict(list)
        for row in self.rows(sql):
            table, column = row.split("\x1f")
            if not table.startswith("_sqlx"):
                found[table].append(column)
        return found

    def table(self, name, columns):
        kind = "CHAR" if self.name == "mysql" else "TEXT"
        cells = ", ".join(f"COALESCE(CAST({column} AS {kind}), 'NULL')" for column in columns)
        return collections.Counter(self.rows(f"SELECT {cells} FROM {name}"))


class Program:
    """A version of the program on a database, in the sandbox."""

    def __init__(self, program, engine, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.program, self.folder, self.url = program, folder, f"http://127.0.0.1:{self.port}"
        self.environment = os.environ | {
            "DATABASE_URL": engine.url,
            "LEPTOS_SITE_ADDR": f"127.0.0.1:{self.port}",
            "WEIDA_PUBLIC_URL": self.url,
            "RUST_LOG": "warn",
        }

    def create_admin(self):
        made = run(self.program, "admin", "create", "root", cwd=self.folder, env=self.environment)
        return re.search(r"password: (\S+)", made).group(1)

    def __enter__(self):
        log = open(self.folder / "log", "a")
        self.child = subprocess.Popen(
            [self.program], cwd=self.folder, env=self.environment, stdout=log, stderr=subprocess.STDOUT
        )
        for _ in range(600):
            if self.child.poll() is not None:
                sys.exit(f"the program ended: {(self.folder / 'log').read_text()[-2000:]}")
            try:
                if urllib.request.urlopen(f"{self.url}/readyz", timeout=2).status == 200:
                    return self
            except OSError:
                time.sleep(0.1)
        sys.exit("the program is not ready after a minute")

    def __exit__(self, *_):
        self.child.send_signal(signal.SIGTERM)
        self.child.wait(30)

    def sign_in(self, password):
        """The cookies of a browser that signs in as root."""
        form = urllib.parse.urlencode({"username": "root", "password": password}).encode()
        headers = {"Sec-Fetch-Site": "same-origin", "Origin": self.url}
        request = urllib.request.Request(f"{self.url}/do/login", data=form, headers=headers)
        jar = urllib.request.HTTPCookieProcessor()
        page = urllib.request.build_opener(jar).open(request)
        assert page.url.endswith("/me"), f"signing in led to {page.url}"
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar.cookiejar)

    def shows(self, path, cookies, text):
        request = urllib.request.Request(self.url + path, headers={"Cookie": cookies})
        return text in urllib.request.urlopen(request).read().decode()

    def examples(self, tree):
        for name in EXAMPLES:
            ran = subprocess.run(
                [sys.executable, tree / "examples" / f"{name}.py", self.url], capture_output=True, text=True
            )
            if ran.returncode:
                sys.exit(f"example {name}.py of {tree}: {ran.stdout[-800:]}{ran.stderr[-800:]}")


def renamed(tables):
    """What tables of before are called now."""
    names = {table: table for table in tables}
    for file in sorted((ROOT / "migrations").glob("*.sql")):
        for before, after in RENAME.findall(file.read_text()):
            names = {table: after if name == before else name for table, name in names.items()}
    return names


def compare(engine, before):
    now, faults = engine.columns(), []
    names = renamed(before)
    for table, (columns, rows) in before.items():
        name = names[table]
        missing = [column for column in columns if column not in now.get(name, [])]
        if missing:
            faults.append(f"{table}: {missing} are gone")
            continue
        lost = rows - engine.table(name, columns)
        lost = collections.Counter({row: count for row, count in lost.items() if not (table == "sequences" and LEASES in row)})
        if table not in CHANGES and lost:
            faults.append(f"{table}: {sum(lost.values())} rows are gone or changed, one of them {next(iter(lost))[:200]!r}")
    return faults


def check(name, old, old_tree, new, folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    engine = Engine(name, folder)
    program = Program(old, engine, folder)
    password = program.create_admin()
    with program:
        program.examples(old_tree)
        cookies = program.sign_in(password)
        run(old.parent / "examples" / "crowd", engine.url, 0, 100)
    before = {table: (columns, engine.table(table, columns)) for table, columns in engine.columns().items()}
    with Program(new, engine, folder) as program:
        faults = compare(engine, before)
        if not program.shows("/me", cookies, "root"):
            faults.append("a browser that was signed in is not any more")
        program.sign_in(password)
        program.examples(ROOT)
    filled = sum(1 for _, rows in before.values() if rows)
    total = sum(sum(rows.values()) for _, rows in before.values())
    print(f"  {name:<10} {total} rows in {filled} of {len(before)} tables: {'; '.join(faults) or 'all there'}", flush=True)
    return faults


def main():
    old, old_tree, new = (pathlib.Path(argument).resolve() for argument in sys.argv[1:4])
    folder = ROOT / "target" / "upgrade"
    faults = [fault for name in ("sqlite", "mysql", "postgres") for fault in check(name, old, old_tree, new, folder / name)]
    sys.exit(1 if faults else 0)


main()
