// The sign-in pages: begins the session of a visible page, follows its state and goes on by itself. Loaded with `defer`.
const box = document.querySelector("[data-signin]");
const renewal = document.querySelector("form[data-renew]");
const beginning = document.querySelector("form[data-begin]");

// A hidden tab must neither begin nor renew a session.
const onceVisible = (act) => {
  if (!document.hidden) return act();
  const wait = () => {
    if (document.hidden) return;
    document.removeEventListener("visibilitychange", wait);
    act();
  };
  document.addEventListener("visibilitychange", wait);
};

const show = (state) => {
  if (state === box.dataset.state) return;
  if (state === "scanned") {
    box.dataset.state = state;
    scrollTo({ top: 0 });
  } else {
    location.replace(state === "success" ? "/signin/done" : "/signin");
  }
};

// The state comes as a stream. A proxy may hold it back, or lose it without a word, so silence makes the page ask for the state: the
// first event is immediate, and later there is one every 25 seconds.
const FIRST_MS = 2500;
const SILENT_MS = 32000;
const ASK_MS = 2000;
const watch = () => {
  const query = `poll=${encodeURIComponent(box.dataset.poll)}`;
  let [source, opened, heard, isOver, isAsking] = [null, 0, 0, false, false];
  const leave = () => {
    isOver = true;
    source?.close();
  };
  const hear = (state) => {
    if (isOver) return;
    connected(true);
    // The result is given once: a page that goes on to it asks for nothing more.
    if (state !== box.dataset.state && state !== "scanned") leave();
    show(state);
  };
  const follow = () => {
    source?.close();
    [opened, heard, isOver] = [Date.now(), 0, false];
    if (!window.EventSource) return;
    source = new EventSource(`/signin/events?${query}`);
    source.addEventListener("alive", () => (heard = Date.now()));
    source.addEventListener("status", (event) => {
      heard = Date.now();
      hear(event.data);
    });
    // An answer that is no stream ends it for good (404: forgotten, 503: starting).
    source.addEventListener("error", () => {
      if (source.readyState === EventSource.CLOSED) heard = 0;
    });
  };
  const isSilent = () => Date.now() > (heard ? heard + SILENT_MS : opened + FIRST_MS);
  const ask = async () => {
    if (isOver || isAsking || !isSilent()) return;
    isAsking = true;
    try {
      const answer = await fetch(`/signin/status?${query}`, { cache: "no-store" });
      const state = await answer.text();
      if (answer.ok) hear(state);
      // Another session has taken its place: the page itself knows more.
      else if (answer.status === 404 && !isOver) location.reload();
    } catch {
      // The program is away: the visitor may look again by hand.
      connected(false);
    } finally {
      isAsking = false;
    }
  };
  follow();
  setInterval(ask, ASK_MS);
  // A form or link that was used takes the result itself: not both.
  addEventListener("submit", leave);
  addEventListener("click", (event) => event.target.closest('a[href^="/"]') && leave());
  addEventListener("beforeunload", leave);
  // A phone that slept may have lost the stream without noticing.
  document.addEventListener("visibilitychange", () => document.hidden || follow());
};

// [data-check]: the way to look again by hand, shown while the connection is lost.
const connected = (is) => box.querySelector("[data-check]")?.classList.toggle("lost", !is);

// Digits that were copied may be on their way: they are not replaced by themselves.
addEventListener("click", (event) => {
  if (event.target.closest("[data-copy], [data-copy-too]") && box.dataset.poll) sessionStorage.copied = box.dataset.poll;
});

// Puts the parts of the page with a session in place of this page's; the password and what is typed in it stays.
const begin = async () => {
  const main = document.querySelector("main");
  try {
    await fetch(beginning.action, { method: "POST", body: new URLSearchParams(new FormData(beginning)), redirect: "manual" });
    const answer = await fetch(location.href, { cache: "no-store" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const made = page.querySelector("[data-signin]");
    // Without a session the page says why.
    if (!made?.dataset.poll) {
      const notices = page.querySelector(".notices");
      if (notices) main.prepend(document.adoptNode(notices));
      return;
    }
    for (const part of made.querySelectorAll("[data-part]")) {
      const old = box.querySelector(`[data-part="${part.dataset.part}"]`);
      old?.replaceWith(document.adoptNode(part));
      part.dispatchEvent(new Event("part", { bubbles: true }));
    }
    [box.dataset.poll, box.dataset.state] = [made.dataset.poll, made.dataset.state];
    watch();
  } catch {
    // The button is still there.
  }
};

if (renewal) {
  onceVisible(() => {
    if (sessionStorage.copied === box.dataset.poll) return;
    const itself = document.createElement("input");
    itself.type = "hidden";
    itself.name = "itself";
    itself.value = "1";
    renewal.append(itself);
    renewal.submit();
  });
} else if (box.dataset.poll) {
  watch();
} else if (beginning) {
  onceVisible(begin);
}
