"""Dialect C: a mini-program exchanges the code of `wx.login` for a token."""

import sys

from phone import Client, Phone, expect

base = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:3000"
client, phone = Client(base), Phone(base, "小程")

code = phone.login_code("mini")
status, _, answer = client.post("/api/auth/login", {"code": code, "nickName": "小程"})
expect("signed in", status == 200 and answer["msg"] == "登录成功", answer)
status, _, again = client.post("/api/auth/login/", {"code": code})
expect("a code is valid once", status == 400 and again["code"] == 400, again)
status, _, refused = client.post("/api/auth/verify")
expect("without a token the answer is 401", status == 401 and refused["code"] == 401, refused)
client.token = answer["data"]["token"]
status, _, known = client.post("/api/auth/verify")
expect("the token is valid", status == 200 and known["data"]["userInfo"]["nickName"] == "小程", known)
status, _, early = client.post("/api/auth/refresh")
expect("too early to renew", status == 400, early)
