"""wechatpy on Flask, with rules in memory: what the benchmark compares with. Started by gunicorn."""

import os

from flask import Flask, abort, request
from wechatpy import parse_message
from wechatpy.exceptions import InvalidSignatureException
from wechatpy.replies import TextReply
from wechatpy.utils import check_signature

TOKEN = os.environ["PEER_TOKEN"]
ANSWERS = {f"关键词{n}": f"[回复 {n}]" for n in range(int(os.environ["PEER_RULES"]))}
app = Flask(__name__)


@app.post("/api/v1/auth/wechat/verify")
def push():
    query = request.args
    try:
        check_signature(TOKEN, query.get("signature", ""), query.get("timestamp", ""), query.get("nonce", ""))
    except InvalidSignatureException:
        abort(403)
    message = parse_message(request.data)
    answer = ANSWERS.get(message.content) if message.type == "text" else None
    return TextReply(content=answer, message=message).render() if answer else ""
