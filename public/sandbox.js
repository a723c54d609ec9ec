// The sandbox: what a button does and what the account says shows at once, without leaving the page. Loaded with `defer`.
const area = () => document.querySelector("main > .page");

// New lines are added to the chat that is there, so that a screen reader reads only them.
const grow = (chat, fresh) => {
  const [old, all] = [[...chat.children], [...fresh.children]];
  const isFrom = (from) => old.slice(from).every((line, at) => all[at] && line.isEqualNode(all[at]));
  let from = 0;
  while (from < old.length && !isFrom(from)) from++;
  for (const line of old.slice(0, from)) line.remove();
  chat.append(...all.slice(old.length - from));
};

// What is typed, open or in focus stays so in what takes its place.
const carry = (old, fresh, sent) => {
  for (const field of old.querySelectorAll("input[id]")) {
    const twin = fresh.querySelector(`#${CSS.escape(field.id)}`);
    if (twin && !sent?.contains(field)) twin.value = field.value;
  }
  for (const more of old.querySelectorAll("details[id][open]")) {
    fresh.querySelector(`#${CSS.escape(more.id)}`)?.setAttribute("open", "");
  }
};

const places = "a[href], button, input:not([type=hidden]), summary";
const swap = (old, fresh, sent) => {
  const at = [...old.querySelectorAll(places)].indexOf(document.activeElement);
  carry(old, fresh, sent);
  old.replaceWith(fresh);
  if (at < 0) return;
  const name = document.activeElement === document.body && sent?.querySelector("input[id]")?.id;
  const focus = (name && fresh.querySelector(`#${CSS.escape(name)}`)) || fresh.querySelectorAll(places)[at];
  focus?.focus({ preventScroll: true });
};

// After an act: the whole page, with the same chat where it is the same person's.
const show = (html, sent) => {
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("main > .page");
  const person = (page) => page.querySelector("[aria-current=true]")?.getAttribute("href");
  if (!fresh?.querySelector(".sandbox")) return location.reload();
  const [chat, next] = [area(), fresh].map((page) => page.querySelector(".phone-chat"));
  if (chat && next && person(area()) === person(fresh)) {
    grow(chat.querySelector("ol"), next.querySelector("ol"));
    next.replaceWith(chat);
  }
  swap(area(), fresh, sent);
};

// After a change elsewhere: only what is alive.
const refresh = (html) => {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const [chat, next] = [document, fresh].map((page) => page.querySelector(".phone-chat > ol"));
  if (chat && next) grow(chat, next);
  for (const old of document.querySelectorAll("[data-live]")) {
    const twin = fresh.querySelector(`#${old.id}`);
    if (!twin) return;
    const plain = twin.cloneNode(true);
    carry(old, plain);
    if (!old.isEqualNode(plain)) swap(old, twin);
  }
};

let sending = 0;
let asked = false;
let asking = false;
const look = async () => {
  asked = true;
  if (asking || sending) return;
  asking = true;
  while (asked && !sending) {
    asked = false;
    const html = await fetch(location.href, { headers: { accept: "text/html" } }).then((page) => page.ok && page.text()).catch(() => "");
    if (html && !sending) refresh(html);
  }
  asking = false;
};

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const path = new URL(form.action).pathname;
  // A browser that cannot say which button it was sends the form itself.
  if (!path.startsWith("/sandbox/") || !("submitter" in event)) return;
  event.preventDefault();
  if (sending) return;
  const fields = new FormData(form);
  const { name, value } = event.submitter ?? {};
  if (name) fields.set(name, value);
  sending++;
  try {
    const page = await fetch(path, { method: "POST", body: new URLSearchParams(fields) });
    if (!page.ok) throw new Error(page.status);
    history.replaceState(null, "", page.url);
    show(await page.text(), form);
  } catch {
    location.reload();
  } finally {
    sending--;
    look();
  }
});

if (window.EventSource) {
  const source = new EventSource("/sandbox/events");
  source.addEventListener("changed", look);
  addEventListener("pagehide", () => source.close());
}
