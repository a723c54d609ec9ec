"""Dialect B: a user registers with a code from the chat and adds rules that the account answers with."""

import re
import sys
import time

from phone import Client, Phone, expect, wait

base = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:3000"
client, phone = Client(base), Phone(base, "小明")
name = f"xiaoming{time.time_ns()}"
code_of = lambda answer: answer[2].get("code")

expect("without a session the answer is 401", client.get("/account/info")[0] == 401)
phone.follow()
code = re.search(r"\d{6}", phone.say("验证码")).group()
person = {"username": name, "password": "correct horse", "last_name": "000000" if code != "000000" else "111111"}
expect("a wrong code does not register", code_of(client.post("/account/register", person)) == -1)
answer = client.post("/account/register/", {**person, "last_name": code})
expect("registered", code_of(answer) == 200, answer)
expect("the name is taken", code_of(client.post("/account/register", {**person, "last_name": code})) == -2)
wrong = {"username": name, "password": "wrong horse"}
expect("a wrong password", code_of(client.post("/account/login", wrong)) == -3)
expect("signed in", code_of(client.post("/account/login", person)) == 200)
info = client.get("/account/info")[2]
expect("my account", info["code"] == 1 and info["data"]["openid"] == phone.openid, info)

expect("two rules in one call", code_of(client.post("/database/add", {"价格": "100 元", "地址": "人民路 1 号"})) == 200)
answer = client.post("/database/add", {"电话": "123", "价格": "200 元"})
expect("duplicates are reported, and nothing is added", code_of(answer) == -4 and "价格" in answer[2]["detail"], answer)
shown = client.get("/database/show/")[2]
expect("both are listed", shown == {"01": {"价格": "100 元"}, "02": {"地址": "人民路 1 号"}}, shown)
expect("the account answers", phone.say("价格") == "100 元")
expect("changed", code_of(client.post("/database/update/?id=1", {"价格": "120 元"})) == 200)
expect("the account answers with the new text", phone.say("价格") == "120 元")
expect("another user's rule is refused", code_of(client.post("/database/update/?id=99", {"a": "b"})) == -5)
foreign = {"Sec-Fetch-Site": "cross-site"}
expect("another site cannot delete", client.get("/database/delete/?id=2", headers=foreign)[0] == 403)
expect("deleted", code_of(client.get("/database/delete/?id=2")) == 200)
# A personal WeChat: only its owner can talk to the bot, which answers with the owner's rules.
begun = client.get("/wechat/testlogin")[2]
expect("a QR code for the personal WeChat", begun["code"] == 200 and begun["pid"], begun)
status, headers, picture = client.get(f"/static/qrimages/{begun['pid']}.png")
expect("its picture", status == 200 and picture.startswith(b"\x89PNG"), headers)
expect("the picture is this session's alone", Client(base).get(f"/static/qrimages/{begun['pid']}.png")[0] != 200)
place = f"/wechat/testlogin/status?pid={begun['pid']}"
state = lambda: client.get(place)[2]["data"]["state"]


def type_number(number):
    wait(lambda: state() == "enter_number")
    expect("the number is typed", code_of(client.post(place, {"number": number})) == 200)


phone.connect_personal(type_number)
expect("connected", wait(lambda: state() == "done"))
expect("the bot answers with the rule", phone.say_personal("价格") == "120 元")
phone.say_personal("添加 天气=晴")
expect("a rule from the chat answers", phone.say_personal("天气") == "晴")
expect("switched off", code_of(client.post("/wechat/autoreply", {"enabled": False})) == 200)
expect("the account does not answer with the rule", phone.say("价格") != "120 元")
old = client.get(f"/mongodb/show?id={info['data']['id']}")[2]
shown = client.get("/database/show/")[2]
expect("the older path shows the same", old["code"] == 200 and old["data"] == shown and "01" in shown, old)
expect("signed out", code_of(client.get("/account/logout")) == 200)
expect("the session has ended", client.get("/account/info")[0] == 401)
