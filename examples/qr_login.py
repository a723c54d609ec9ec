"""Dialect D: signing in by QR, with the phone's confirmation; and usage against the level's limits."""

import sys

from phone import Client, Phone, expect

base = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:3000"
client, phone = Client(base), Phone(base, "小码")

status, _, made = client.post("/create_qr")
expect("a QR", status == 200 and made["success"], made)
poll = lambda: client.get(f"/poll?id={made['sessionId']}")[2]
expect("it waits", poll()["status"] == "waiting", poll())
answer = phone.scan(made["qrUrl"])
expect("the chat asks whether to register, because there is no account yet", "用这个微信注册吗" in answer, answer)
seen = poll()
expect("it was scanned, without data of the user yet", seen["status"] == "scanned" and "userInfo" not in seen, seen)
phone.say("是我，注册")
done = poll()
expect("signed in", done["status"] == "success" and done["userInfo"]["openid"] == phone.openid, done)
client.token = done["token"]
valid = client.post("/validate_token")[2]
expect("the token is valid", valid["valid"] and valid["user"]["openid"] == phone.openid, valid)
invented = Client(base).post("/validate_token", {"token": "a.b.c"})[2]
expect("an invented token is not", invented["success"] and not invented["valid"], invented)
me = {"openid": phone.openid}
info = client.post("/get_user_info", me)[2]
expect("my account", info["success"] and info["user"]["level"] == "normal", info)
status, _, other = client.post("/get_user_info", {"openid": "oAnotherUser"})
expect("only admins may query other users", status == 403 and not other["success"], other)
used = client.post("/update_article_usage", {**me, "amount": 2})[2]["usage"]
expect("usage is counted", used["used"] == 2, used)
if used["limit"] is not None:
    status, _, beyond = client.post("/update_article_usage", {**me, "amount": used["limit"]})
    expect("beyond the limit nothing is added", status == 403, beyond)
    seen = client.get(f"/get_article_usage?openid={phone.openid}")[2]["usage"]
    expect("usage is unchanged", seen["used"] == 2, seen)
allowed = client.post("/check_permission", {**me, "feature": "article"})[2]
expect("more is allowed", allowed["success"] and allowed["allowed"], allowed)
status, _, refused = client.get("/admin/list_all_keys")
expect("the list is for admins only", status == 403, refused)
