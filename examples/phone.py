"""A WeChat user by the buttons of the sandbox's phone, and an HTTP client."""

import http.cookiejar
import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser


class Client:
    """An HTTP client with cookies and a token; an error status is not an exception."""

    def __init__(self, base):
        self.base = base.rstrip("/")
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.token = None

    def call(self, method, path, body=None, headers=None, raw=None):
        """Returns status, headers and body: an object if the answer is JSON, otherwise bytes."""
        headers = dict(headers or {})
        if body is not None:
            raw = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        url = self.base + urllib.parse.quote(path, safe="/?=&%")
        request = urllib.request.Request(url, data=raw, headers=headers, method=method)
        try:
            answer = self.opener.open(request, timeout=30)
        except urllib.error.HTTPError as refused:
            answer = refused
        with answer:
            content = answer.read()
            is_json = answer.headers.get_content_type() == "application/json"
            return answer.status, answer.headers, json.loads(content) if is_json else content

    def get(self, path, **more):
        return self.call("GET", path, **more)

    def post(self, path, body=None, **more):
        return self.call("POST", path, body, **more)


class Phone:
    """The phone of a new WeChat user."""

    def __init__(self, base, nickname):
        self.base = base.rstrip("/")
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)
        url, _ = self.press("people", nickname=nickname)
        self.openid = urllib.parse.parse_qs(urllib.parse.urlparse(url).query)["person"][0]
        self.seen = 0

    def press(self, button, **fields):
        """Submits one of the phone's forms. Returns the address and the text of the next page."""
        if hasattr(self, "openid"):
            fields["person"] = self.openid
        data = urllib.parse.urlencode(fields).encode()
        # As a browser: the sandbox accepts forms from its own page only.
        headers = {"Origin": self.base, "Accept-Language": "zh-CN"}
        request = urllib.request.Request(f"{self.base}/sandbox/{button}", data=data, headers=headers)
        with self.opener.open(request, timeout=30) as page:
            return page.geturl(), page.read().decode()

    def follow(self):
        return self.answer(self.press("follow")[1])

    def say(self, text):
        """Sends a text. Returns the account's answer, empty if there is none."""
        return self.answer(self.press("say", text=text)[1])

    def scan(self, url):
        """Scans a QR code and follows the account."""
        return self.answer(self.press("scan", code=url, follow="1")[1])

    def answer(self, page):
        bubbles = Bubbles()
        bubbles.feed(page)
        before, self.seen = self.seen, len(bubbles.texts)
        return bubbles.texts[-1].strip() if self.seen > before else ""

    def connect_personal(self, type_number):
        """Scans the newest code for the personal WeChat, has the number typed on the page, and agrees."""
        page = self.look("/sandbox/personal")
        code = re.search(r'name="code"[^>]*value="(https?://[^"]+)"', page).group(1)
        page = self.press("personal/scan", code=code.replace("&amp;", "&"), kind="number")[1]
        type_number(re.search(r'id="sandbox-number"[^>]*>\s*(?:<!--.*?-->)?\s*(\d+)', page).group(1))
        wait(lambda: 'id="sandbox-number"' not in self.look("/sandbox/personal"))
        self.press("personal/confirm")

    def say_personal(self, text):
        """Writes to the bot of the personal WeChat. Returns its next answer."""
        before = len(self.personal())
        self.press("personal/say", text=text)
        return wait(lambda: self.personal()[before:])[-1].strip()

    def personal(self):
        """What the bot has answered."""
        bubbles = Bubbles()
        bubbles.feed(self.look("/sandbox/personal"))
        return bubbles.texts

    def look(self, page):
        with self.opener.open(f"{self.base}{page}?person={self.openid}", timeout=30) as shown:
            return shown.read().decode()

    def login_code(self, kind):
        """A code of `wx.login` (`mini`) or web login (`web`)."""
        page = self.press("code", kind=kind)[1]
        return re.search(r"code：([\w-]+)", page).group(1)


class Bubbles(HTMLParser):
    """Parses the account's messages on a page of the phone."""

    def __init__(self):
        super().__init__()
        self.texts, self.depth, self.is_theirs = [], 0, False

    def handle_starttag(self, tag, attributes):
        classes = (dict(attributes).get("class") or "").split()
        if tag == "li" and "said" in classes:
            self.is_theirs = "mine" not in classes
        if self.depth:
            self.depth += tag not in ("br", "img", "input", "hr")
        elif "bubble" in classes and self.is_theirs:
            self.depth = 1
            self.texts.append("")
        if tag == "br" and self.depth:
            self.texts[-1] += "\n"

    def handle_endtag(self, _):
        self.depth -= self.depth > 0

    def handle_data(self, data):
        if self.depth:
            self.texts[-1] += data


def wait(ready, seconds=30):
    """What `ready` evaluates to once it is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := ready():
            return found
        time.sleep(0.1)
    raise SystemExit("✗ it did not happen in time")


def expect(what, is_so, found=None):
    """Prints the check, or ends with the value that was found."""
    if not is_so:
        raise SystemExit(f"✗ {what}: {found}")
    print(f"  {what}")
