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
  // Only from a page that somebody looks at: an open tab must not go on for ever.
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
} else if (window.EventSource) {
  let source;
  const follow = () => {
    if (source) source.close();
    source = new EventSource(`/signin/events?poll=${encodeURIComponent(box.dataset.poll)}`);
    source.addEventListener("status", (event) => show(event.data));
    // An answer that is no stream ends it for good (404: forgotten, 503: starting): the page itself knows more.
    source.addEventListener("error", () => {
      if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 3000);
    });
  };
  follow();
  // A form or link that was used takes the result itself, and it is given once: not to both.
  const leave = () => source.close();
  addEventListener("submit", leave);
  addEventListener("click", (event) => event.target.closest('a[href^="/"]') && leave());
  addEventListener("beforeunload", leave);
  // A phone that slept may have lost the stream without noticing.
  document.addEventListener("visibilitychange", () => document.hidden || follow());
} else {
  setTimeout(() => location.reload(), 3000);
}
