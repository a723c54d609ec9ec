"""Asks every call of the document what nobody expects, by schemathesis: no answer may be a 5xx or of another shape than declared.

    target/schemathesis/bin/python examples/fuzz.py http://127.0.0.1:3000 50 root PASSWORD

The last two are an admin's name and password (`weida admin create root`). Everything is asked as an ordinary person; then the calls
that need an admin, or name somebody, are asked as an admin about people who are there, so that they succeed as well.
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
# Asked by themselves, by somebody new: each ends the session or the token that all other calls need.
ENDING = ["/account/logout", "/account/password"]
# Left out of what an admin is asked for.
NOT_AS_ADMIN = {
    # Takes away everybody whom the other calls are about. As an ordinary person it is asked.
    "/admin/clear_all_users",
}
# Asked after everything else: whoever is deleted cannot be asked about.
DELETING = "/admin/delete_user"
# What an admin asks about somebody.
ABOUT_SOMEBODY = re.compile(r"^/(admin/|get_user_info|update_usage|update_article_usage|get_article_usage|check_permission)")


def somebody():
    """A person who is signed in in every way there is: their name, their openid, and the headers that say so."""
    client, phone = Client(base), Phone(base, "乱")
    phone.follow()
    code = re.search(r"\d{6}", phone.say("验证码")).group()
    person = {"username": f"fuzz{time.time_ns()}", "password": f"horse {time.time_ns()}", "last_name": code}
    expect("somebody who asks", client.post("/account/register", person)[2]["code"] == 200)
    client.post("/account/login", person)
    return client, phone, headers(client, phone)


def headers(client, phone):
    name = f"fuzz-{time.time_ns()}"
    qr = client.post("/api/v1/auth/wechat/qrcode", {"client_id": name})[2]
    phone.scan(qr["url"])
    token = client.get(f"/api/v1/auth/wechat/check-follow?client_id={name}")[2]["token"]
    cookie = "; ".join(f"{cookie.name}={cookie.value}" for cookie in client.cookies)
    return ["-H", f"Authorization: Bearer {token}", "-H", f"Cookie: {cookie}"]


def somebody_in_charge():
    """The headers of somebody whom the admin has made one, too."""
    client, phone, _ = somebody()
    user_id = client.get("/account/info")[2]["data"]["id"]
    root = Client(base)
    expect("an admin", root.post("/account/login", {"username": admin, "password": password})[2]["code"] == 200)
    form = {"Origin": base, "Content-Type": "application/x-www-form-urlencoded"}
    root.call("POST", "/do/user-role", headers=form, raw=urllib.parse.urlencode({"user": user_id, "role": "admin"}).encode())
    made = headers(client, phone)
    client.token = made[1].split()[-1]
    is_one = client.get("/admin/list_all_keys")[0] == 200
    expect("another one", is_one)
    return made


def document():
    return Client(base).get("/api/openapi.json?lang=en")[2]


def about(openids):
    """The document, where it asks for an openid: one of these."""
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


def run(known, who, paths):
    """True where nothing was found. Says what each call was answered."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        known = {**known, "paths": {path: known["paths"][path] for path in paths}}
        (folder / "openapi.json").write_text(json.dumps(known))
        command = [sys.executable, "-m", "schemathesis.cli", "run", str(folder / "openapi.json")]
        command += ["--url", base, "--checks", CHECKS, "--max-examples", cases, "--workers", "1", "--no-color"]
        command += ["--suppress-health-check", "all", "--request-timeout", "30", "--continue-on-failure"]
        # The headers say who asks; nothing invented in their place.
        command += ["--generation-with-security-parameters", "false"]
        command += ["--report", "har", "--report-har-path", str(folder / "asked.har"), *who]
        is_fine = subprocess.run(command).returncode == 0
        answers = collections.defaultdict(collections.Counter)
        for entry in json.loads((folder / "asked.har").read_text())["log"]["entries"]:
            path = urllib.parse.urlparse(entry["request"]["url"]).path.rstrip("/")
            answers[f"{entry['request']['method']} {path}"][entry["response"]["status"]] += 1
        return is_fine, answers


print(f"  {cases} cases an operation", flush=True)
known = document()
others = [path for path in known["paths"] if path not in ENDING]
is_fine, answers = run(known, somebody()[2], others)
for path in ENDING:
    fine, more = run(known, somebody()[2], [path])
    is_fine, answers = is_fine and fine, {**answers, **more}
who = somebody_in_charge()
asked = [path for path in known["paths"] if ABOUT_SOMEBODY.match(path) and path not in NOT_AS_ADMIN | {DELETING}]
people = [somebody()[1].openid for _ in range(min(int(cases), 50))]
for paths in [asked, [DELETING]]:
    fine, more = run(about(people), who, paths)
    is_fine = is_fine and fine
    for call, statuses in more.items():
        answers.setdefault(call, collections.Counter()).update(statuses)
calls = [f"{method.upper()} {path}" for path, methods in known["paths"].items() for method in methods]
for call in sorted(calls):
    said = sorted(answers.get(call, {}).items())
    print(f"  {call}: {', '.join(f'{status} × {n}' for status, n in said)}", flush=True)
faults = sum(n for statuses in answers.values() for status, n in statuses.items() if status >= 500)
# They need a code of the platform's, its signature, a session that waits or a picture: the other scripts and the tests have those.
never = [call for call in calls if not any(200 <= status < 300 for status in answers.get(call, {}))]
print(f"  {faults} answers of 5xx; without one success: {', '.join(never) or 'none'}", flush=True)
sys.exit(not is_fine or faults > 0)
