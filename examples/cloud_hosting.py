"""Dialect E: the counter of the cloud-hosting template, and a token for a mini-program code."""

import sys

from phone import Client, Phone, expect

base = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:3000"
client, phone = Client(base), Phone(base, "小云")

status, _, cleared = client.post("/api/count", {"action": "clear"})
expect("cleared", status == 200 and cleared == {"code": 0, "data": 0}, cleared)
for n in range(1, 4):
    counted = client.post("/api/count", {"action": "inc"})[2]
    expect(f"counted to {n}", counted == {"code": 0, "data": n}, counted)
expect("the value is stored", client.get("/api/count")[2] == {"code": 0, "data": 3})
status, _, wrong = client.post("/api/count", {"action": "double"})
expect("an unknown action is refused", wrong["code"] == -1 and wrong["errorMsg"], wrong)
login = client.get(f"/api/login?code={phone.login_code('mini')}")[2]
expect("a token", login["code"] == 0 and login["data"]["token"].count(".") == 2, login)
client.token = login["data"]["token"]
status, _, credits = client.get("/api/v1/user/credits")
expect("the token is valid in every other dialect", status == 200 and credits["credits"] >= 0, credits)
