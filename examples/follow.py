"""Dialect A: a client program shows a QR; a user scans it and follows, and the program edits pictures with the user's credits."""

import struct
import sys
import uuid
import zlib

from phone import Client, Phone, expect

base = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:3000"
client, phone = Client(base), Phone(base, "小微")
name = f"desktop-{uuid.uuid4().hex}"


def png(width, height):
    """A PNG of one colour."""
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = (b"\0" + b"\x07\xc1\x60" * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def edit(operations, key=None):
    form = {"operations": operations.encode(), 'image"; filename="a.png': png(40, 20)}
    parts = b"".join(
        f'--edge\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n'.encode() + value + b"\r\n"
        for field, value in form.items()
    )
    headers = {"Content-Type": "multipart/form-data; boundary=edge"}
    if key:
        headers["Idempotency-Key"] = key
    return client.post("/api/v1/image/edit", raw=parts + b"--edge--\r\n", headers=headers)


status, _, answer = client.get(f"/api/v1/auth/wechat/check-follow?client_id={name}")
expect("an unknown client is not found", status == 404 and "detail" in answer, answer)
status, _, qr = client.post("/api/v1/auth/wechat/qrcode", {"client_id": name})
expect("a QR for 30 days", status == 200 and qr["expires_in"] == 2_592_000, qr)
public = lambda: client.get(f"/api/v1/auth/wechat/check-follow?client_id={name}")[2]
check = lambda: client.get(f"/api/v1/auth/wechat/check-follow?client_id={name}&poll_token={qr['poll_token']}")[2]
expect("the QR is not scanned yet", check()["status"] == "pending", check())

answer = phone.scan(qr["url"])
expect("the chat confirms the bind and names the undo command", "取消" in answer, answer)
done = check()
expect("the client has a token", done["status"] == "completed" and done["followed"] and done["token"], done)
seen = public()
expect("the client_id alone shows the openid and no token", seen["openid"] == done["openid"] and not seen["token"], seen)
client.token = done["token"]
status, _, credits = client.get("/api/v1/user/credits")
expect("100 credits for following", credits["credits"] == 100 and credits["openid"] == done["openid"], credits)

small = '[{"op":"resize","width":20},{"op":"format","format":"webp"}]'
status, headers, picture = edit(small, "edit-1")
expect("an edited picture", status == 200 and picture[:4] == b"RIFF" and headers["X-Credits-Remaining"] == "99", status)
again = edit(small, "edit-1")
expect("a repeated key gives the same picture for free", again[0] == 200 and again[2] == picture, again[0])
status, _, answer = edit('[{"op":"resize","width":0}]')
expect("a wrong operation is reported", status == 422 and "operations[0].width" in answer["detail"], answer)
status, _, credits = client.get("/api/v1/user/credits")
expect("one credit was spent in total", credits["credits"] == 99 and credits["total_spent"] == 1, credits)

status, _, answer = client.get("/admin/list_all_keys")
expect("the token is refused for admin calls", status == 403, answer)

answer = phone.say("取消")
expect("the user undoes the bind", "撤销" in answer, answer)
status, _, answer = client.get("/api/v1/user/credits")
expect("the token is void", status == 401, answer)
