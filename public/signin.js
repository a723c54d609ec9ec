// The waiting page: follows the state of its sign-in session and goes on by itself. Loaded with `defer`.
const box = document.querySelector("[data-signin]");
const renewal = document.querySelector("form[data-renew]");

const show = (state) => {
  if (state === box.dataset.state) return;
  if (state === "scanned") {
    for (const part of [box, ...box.querySelectorAll("[data-state]")]) part.dataset.state = state;
  } else {
    location.replace(state === "success" ? "/signin/done" : "/signin");
  }
};

if (renewal) {
  // Only from a visible page: a hidden tab must not renew for ever.
  const renew = () => {
    if (document.hidden) return;
    document.removeEventListener("visibilitychange", renew);
    const itself = document.createElement("input");
    itself.type = "hidden";
    itself.name = "itself";
    itself.value = "1";
    renewal.append(itself);
    renewal.submit();
  };
  document.addEventListener("visibilitychange", renew);
  renew();
} else {
  // The state comes as a stream. A proxy may hold it back, or lose it without a word, so silence makes the page ask for the state: the
  // first event is immediate, and later there is one every 25 seconds.
  const [FIRST_MS, SILENT_MS, ASK_MS] = [2500, 32000, 2000];
  const query = `poll=${encodeURIComponent(box.dataset.poll)}`;
  let [source, opened, heard, isOver, isAsking] = [null, 0, 0, false, false];
  const leave = () => {
    isOver = true;
    source?.close();
  };
  const hear = (state) => {
    if (isOver) return;
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
      // The program is away.
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
}
