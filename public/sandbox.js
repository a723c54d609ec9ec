// The sandbox: what a button does and what the account says shows at once, without leaving the page. Loaded with `defer`.
const area = () => document.querySelector("main > .page");
const read = (html) => new DOMParser().parseFromString(html, "text/html").querySelector("main > .page");
const revision = (page) => Number(page.querySelector(".sandbox").dataset.revision);
const twin = (page, id) => page.querySelector(`#${CSS.escape(id)}`);

// New lines are added to the chat that is there, so that a screen reader reads only them.
const grow = (chat, fresh) => {
  const [old, all] = [[...chat.children], [...fresh.children]];
  const isFrom = (from) => old.slice(from).every((line, at) => all[at] && line.isEqualNode(all[at]));
  let from = 0;
  while (from < old.length && !isFrom(from)) from++;
  for (const line of old.slice(0, from)) line.remove();
  chat.append(...all.slice(old.length - from));
};

// What is typed or open stays so in what takes its place; what was just sent does not.
const carry = (old, fresh, sent = new Map()) => {
  for (const field of old.querySelectorAll("input[id]")) {
    const next = sent.get(field.id) !== field.value && twin(fresh, field.id);
    if (next) next.value = field.value;
  }
  for (const more of old.querySelectorAll("details[id][open]")) twin(fresh, more.id)?.setAttribute("open", "");
};

// The focus goes to the same thing, or to where one goes on writing.
const named = (one) => one.id || one.getAttribute("href") || [one.form?.action, one.name, one.value, one.textContent].join();
const swap = (old, fresh) => {
  const focused = old.contains(document.activeElement) && named(document.activeElement);
  old.replaceWith(fresh);
  if (!focused) return;
  const all = [...fresh.querySelectorAll("a[href], button, input:not([type=hidden]), summary")];
  (all.find((one) => named(one) === focused) ?? twin(fresh, "text"))?.focus({ preventScroll: true });
};

// After an act: the whole page, with the same chat where it is the same person's.
const show = (fresh, sent) => {
  const [old, notice] = [area(), fresh.querySelector(":scope > .notice")];
  const person = (page) => page.querySelector("[aria-current=true]")?.getAttribute("href");
  const [chat, next] = [old, fresh].map((page) => page.querySelector(".phone-chat"));
  if (chat && next && person(old) === person(fresh)) {
    grow(chat.querySelector("ol"), next.querySelector("ol"));
    next.replaceWith(chat);
  }
  carry(old, fresh, notice?.matches(".warning") ? undefined : sent);
  swap(old, fresh);
  notice?.scrollIntoView({ block: "center" });
};

// After a change elsewhere: only what is alive, and nothing that is older than what is shown.
const refresh = (fresh) => {
  const page = area();
  if (revision(fresh) <= revision(page)) return;
  const [chat, next] = [page, fresh].map((one) => one.querySelector(".phone-chat > ol"));
  if (chat && next) grow(chat, next);
  for (const old of page.querySelectorAll("[data-live]")) {
    const live = twin(fresh, old.id);
    if (!live) continue;
    carry(old, live);
    if (!old.isEqualNode(live)) swap(old, live);
  }
  page.querySelector(".sandbox").dataset.revision = revision(fresh);
};

let newest = 0;
let isLooking = false;
const look = async (told) => {
  newest = told;
  if (isLooking) return;
  isLooking = true;
  try {
    while (newest > revision(area())) {
      const page = await fetch(location.href);
      const fresh = page.ok && read(await page.text());
      if (!fresh?.querySelector(".sandbox")) break;
      refresh(fresh);
    }
  } catch {
    // The program is away; when it is back, the stream tells of a change.
  } finally {
    isLooking = false;
  }
};

const send = async (path, fields, sent) => {
  try {
    const page = await fetch(path, { method: "POST", body: fields });
    const fresh = page.ok && read(await page.text());
    if (!fresh?.querySelector(".sandbox")) throw new Error("not the sandbox");
    history.replaceState(null, "", page.url);
    show(fresh, sent);
  } catch {
    location.reload();
  }
};

let sending = Promise.resolve();
document.addEventListener("submit", (event) => {
  const form = event.target;
  const path = new URL(form.action).pathname;
  // A browser that cannot say which button it was sends the form itself.
  if (!path.startsWith("/sandbox/") || !("submitter" in event)) return;
  event.preventDefault();
  const fields = new URLSearchParams(new FormData(form));
  if (event.submitter?.name) fields.set(event.submitter.name, event.submitter.value);
  const sent = new Map([...form.querySelectorAll("input[id]")].map((field) => [field.id, field.value]));
  sending = sending.then(() => send(path, fields, sent));
});

if (window.EventSource) {
  const source = new EventSource("/sandbox/events");
  source.addEventListener("changed", (event) => look(Number(event.data)));
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => event.persisted && location.reload());
}
