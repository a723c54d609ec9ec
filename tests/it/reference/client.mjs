// The reference client's own compiled modules against a stand-in of the platform.
//
// usage: node client.mjs <package folder> <base URL of the stand-in> <folder for its state>
// Prints one JSON a line behind "@@" for the test, which plays the phone; reads the number that the phone shows from standard input, as
// the reference client does. Whatever else it prints is the reference client's.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, base, state] = process.argv.slice(2);
process.env.OPENCLAW_STATE_DIR = state;
const { host } = new URL(base);

// The reference client calls fixed hosts over https: they, and the stand-in's own name after a redirect, lead to the stand-in.
const real = globalThis.fetch;
const called = [];
globalThis.fetch = (input, init) => {
  const url = new URL(String(input));
  if (!["ilinkai.weixin.qq.com", "novac2c.cdn.weixin.qq.com", host].includes(url.host)) throw new Error(`foreign host: ${url}`);
  called.push(url.host);
  return real(new URL(url.pathname + url.search, base), init);
};

const load = (path) => import(pathToFileURL(join(folder, "dist/src", path)).href);
const tell = (name, value) => process.stdout.write(`\n@@${JSON.stringify({ [name]: value })}\n`);
const check = (is, what) => {
  if (!is) throw new Error(`not as expected: ${what}`);
};

const login = await load("auth/login-qr.js");
const api = await load("api/api.js");
const send = await load("messaging/send.js");
const upload = await load("cdn/upload.js");
const media = await load("media/media-download.js");
const { CDN_BASE_URL } = await load("auth/accounts.js");

// Log in: the phone shows a number, and the first status leads to another host.
const started = await login.startWeixinLoginWithQr({ verbose: true });
check(started.qrcodeUrl, started.message);
tell("qr", started.qrcodeUrl);
const connected = await login.waitForWeixinLogin({ sessionKey: started.sessionKey, timeoutMs: 60_000, verbose: true });
process.stdin.pause();
check(connected.connected, connected.message);
check(called.includes(host), "the redirect was followed");
const { botToken: token, baseUrl, userId: to } = connected;
tell("connected", { to, bot: connected.accountId });

// Poll until the phone's messages are there; each answer's cursor is sent back.
const opts = { baseUrl, token };
check((await api.notifyStart(opts)).ret === 0, "notifystart");
let cursor = "";
const received = [];
while (received.length < 5) {
  const answer = await api.getUpdates({ ...opts, get_updates_buf: cursor, timeoutMs: 10_000 });
  check(answer.ret === 0 && answer.longpolling_timeout_ms > 0, JSON.stringify(answer));
  cursor = answer.get_updates_buf || cursor;
  received.push(...answer.msgs);
}
const [first] = received;
check(typeof first.message_id === "string" && BigInt(first.message_id) > 2n ** 63n, "an id that no number holds");

// Fetch what the phone sent.
const saved = {};
for (const message of received.slice(1)) {
  const [item] = message.item_list;
  await media.downloadMediaFromItem(item, {
    cdnBaseUrl: CDN_BASE_URL,
    label: "test",
    log: () => {},
    errLog: (why) => tell("failed", why),
    saveMedia: async (bytes) => ((saved[item.type] = Buffer.from(bytes).toString("utf8")), { path: `saved-${item.type}` }),
  });
}
tell("received", { text: first.item_list[0].text_item.text, transcript: received[2].item_list[0].voice_item.text, saved });

// Answer by text, picture, video and file.
const config = await api.getConfig({ ...opts, ilinkUserId: to, contextToken: first.context_token });
check(config.ret === 0 && config.typing_ticket, "a ticket");
await api.sendTyping({ ...opts, body: { ilink_user_id: to, typing_ticket: config.typing_ticket, status: 1 } });
tell("typing", true);
const context = { ...opts, contextToken: received.at(-1).context_token };
const ids = [(await send.sendMessageWeixin({ to, text: "答复", opts: context })).serverMessageId];
const file = (name, text) => (writeFileSync(join(state, name), text), join(state, name));
const common = { toUserId: to, opts, cdnBaseUrl: CDN_BASE_URL };
const picture = await upload.uploadFileToWeixin({ ...common, filePath: file("a.png", "a picture") });
ids.push((await send.sendImageMessageWeixin({ to, text: "", uploaded: picture, opts: context })).serverMessageId);
const video = await upload.uploadVideoToWeixin({ ...common, filePath: file("a.mp4", "a video") });
ids.push((await send.sendVideoMessageWeixin({ to, text: "", uploaded: video, opts: context })).serverMessageId);
const paper = await upload.uploadFileAttachmentToWeixin({ ...common, filePath: file("a.pdf", "a paper"), fileName: "a.pdf" });
ids.push((await send.sendFileMessageWeixin({ to, text: "", fileName: "a.pdf", uploaded: paper, opts: context })).serverMessageId);
check(ids.every((id) => typeof id === "string" && id), `ids: ${ids}`);
tell("sent", ids.length);

// The limit of messages, and a token that is stale.
let refused = "";
for (let n = 0; n < 20 && !refused; n++) {
  await send.sendMessageWeixin({ to, text: `${n}`, opts: context }).catch((error) => (refused = String(error)));
}
check(refused.includes("ret=-2"), refused);
check((await api.notifyStop(opts)).ret === 0, "notifystop");
tell("limited", true);
const stale = async () => {
  for (;;) {
    const answer = await api.getUpdates({ ...opts, get_updates_buf: cursor, timeoutMs: 10_000 });
    cursor = answer.get_updates_buf || cursor;
    if (answer.ret !== 0) return answer;
  }
};
tell("stale", (await stale()).errcode);
process.exit(0);
