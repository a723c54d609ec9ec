"""Fuzzes every documented call with schemathesis: no answer may be a 5xx or differ from its declared schema.

    target/schemathesis/bin/python examples/fuzz.py http://127.0.0.1:3000 50 root PASSWORD

The last two are an admin's name and password (`weida admin create root`). Every call is made as an ordinary user; then the calls that
need an admin or an openid are made as an admin about existing users, so that they succeed as well.
"""

import collections
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse

from phone import Client, Phone, expect

base, cases, admin, password = sys.argv[1].rstrip("/"), *sys.argv[2:5]
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_headers_conformance,response_schema_conformance,unsupported_method"
)
# Made separately, each by a new user: they end the session or the token that all other calls need.
ENDING = ["/account/logout", "/account/password"]
# Not made as an admin.
NOT_AS_ADMIN = {
    # Deletes the users that the other calls need. It is made as an ordinary user.
    "/admin/clear_all_users",
}
# Made last, because the other calls need the users.
DELETING = "/admin/delete_user"
# Calls that an admin makes about a user.
ABOUT_A_USER = re.compile(r"^/(admin/|get_user_info|update_usage|update_article_usage|get_article_usage|check_permission)")


def new_user():
    """Registers a user with a session and a token. Returns the client, the phone, and the options with the headers."""
    client, phone = Client(base), Phone(base, "乱")
    phone.follow()
    code = re.search(r"\d{6}", phone.say("验证码")).group()
    person = {"username": f"fuzz{time.time_ns()}", "password": f"horse {time.time_ns()}", "last_name": code}
    expect("a new user", client.post("/account/register", person)[2]["code"] == 200)
    client.post("/account/login", person)
    return client, phone, headers(client, phone)


def headers(client, phone):
    # A token from a confirmed sign-in, because one from a follow QR has no admin rights. The digits are sent instead of the QR code
    # being scanned: the generated calls may have used up the QR codes of this minute (`limits.qr-codes-per-minute`), and then
    # `qrUrl` is the account's own picture, which signs in to nothing.
    begun = client.post("/create_qr")[2]
    question = phone.say(begun["code"])
    phone.say("1")
    seen = client.get(f"/poll?id={begun['sessionId']}")[2]
    expect("a confirmed sign-in", "token" in seen, (seen, question))
    token = seen["token"]
    cookie = "; ".join(f"{cookie.name}={cookie.value}" for cookie in client.cookies)
    return ["-H", f"Authorization: Bearer {token}", "-H", f"Cookie: {cookie}"]


def new_admin():
    """Registers a user, makes them an admin and returns their header options."""
    client, phone, _ = new_user()
    user_id = client.get("/account/info")[2]["data"]["id"]
    root = Client(base)
    expect("an admin", root.post("/account/login", {"username": admin, "password": password})[2]["code"] == 200)
    form = {"Origin": base, "Content-Type": "application/x-www-form-urlencoded"}
    root.call("POST", "/do/user-role", headers=form, raw=urllib.parse.urlencode({"user": user_id, "role": "admin"}).encode())
    made = headers(client, phone)
    client.token = made[1].split()[-1]
    is_one = client.get("/admin/list_all_keys")[0] == 200
    expect("the new user is an admin", is_one)
    return made


def document():
    return Client(base).get("/api/openapi.json?lang=en")[2]


def about(openids):
    """The document with these openids as the only allowed ones."""
    known = document()
    for methods in known["paths"].values():
        for call in methods.values():
            for parameter in call.get("parameters", []):
                if parameter["name"] == "openid":
                    parameter["schema"], parameter["example"] = {"enum": openids}, openids[0]
            content = call.get("requestBody", {}).get("content", {}).get("application/json", {})
            if "openid" in content.get("example", {}):
                content["example"]["openid"] = openids[0]
            properties = content.get("schema", {}).get("properties", {})
            if "openid" in properties:
                properties["openid"] = {"enum": openids}
    known["components"]["schemas"]["qr_login.Openid"] = {"enum": openids}
    return known


def run(known, headers, paths):
    """Runs schemathesis. Returns whether it found no fault, and the status counts of each call."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        known = {**known, "paths": {path: known["paths"][path] for path in paths}}
        (folder / "openapi.json").write_text(json.dumps(known))
        command = [sys.executable, "-m", "schemathesis.cli", "run", str(folder / "openapi.json")]
        command += ["--url", base, "--checks", CHECKS, "--max-examples", cases, "--workers", "1", "--no-color"]
        command += ["--suppress-health-check", "all", "--request-timeout", "30", "--continue-on-failure"]
        # The given headers authenticate; no generated ones.
        command += ["--generation-with-security-parameters", "false"]
        command += ["--report", "har", "--report-har-path", str(folder / "asked.har"), *headers]
        is_fine = subprocess.run(command).returncode == 0
        answers = collections.defaultdict(collections.Counter)
        for entry in json.loads((folder / "asked.har").read_text())["log"]["entries"]:
            path = urllib.parse.urlparse(entry["request"]["url"]).path.rstrip("/")
            answers[f"{entry['request']['method']} {path}"][entry["response"]["status"]] += 1
        return is_fine, answers


print(f"  {cases} cases per operation", flush=True)
known = document()
others = [path for path in known["paths"] if path not in ENDING]
is_fine, answers = run(known, new_user()[2], others)
for path in ENDING:
    fine, more = run(known, new_user()[2], [path])
    is_fine, answers = is_fine and fine, {**answers, **more}
admin_headers = new_admin()
asked = [path for path in known["paths"] if ABOUT_A_USER.match(path) and path not in NOT_AS_ADMIN | {DELETING}]
people = [new_user()[1].openid for _ in range(min(int(cases), 50))]
for paths in [asked, [DELETING]]:
    fine, more = run(about(people), admin_headers, paths)
    is_fine = is_fine and fine
    for call, statuses in more.items():
        answers.setdefault(call, collections.Counter()).update(statuses)
calls = [f"{method.upper()} {path}" for path, methods in known["paths"].items() for method in methods]
for call in sorted(calls):
    counts = sorted(answers.get(call, {}).items())
    print(f"  {call}: {', '.join(f'{status} × {n}' for status, n in counts)}", flush=True)
faults = sum(n for statuses in answers.values() for status, n in statuses.items() if status >= 500)
# These need a platform code, a signature, a waiting session or a picture: the other scripts and the tests cover them.
never = [call for call in calls if not any(200 <= status < 300 for status in answers.get(call, {}))]
print(f"  {faults} answers of 5xx; calls without a success: {', '.join(never) or 'none'}", flush=True)
sys.exit(not is_fine or faults > 0)
