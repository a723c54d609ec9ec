// An import that runs: its bar moves without loading the page again. Loaded with `defer` and the nonce of the page.
const followed = document.querySelector("[data-running]");
const PAUSE_MS = 200;

const follow = async () => {
  const place = followed.dataset.running;
  const answer = await fetch(place).catch(() => null);
  const fresh = answer && new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-running]");
  // It has ended, one way or the other: its page says how.
  if (answer?.redirected) return location.replace(answer.url);
  if (fresh) {
    followed.querySelector("progress").value = fresh.querySelector("progress").value;
    const [text, now] = [followed, fresh].map((one) => one.querySelector("[role=status]"));
    // A screen reader hears of a new step, not of every rule.
    if (text.textContent !== now.textContent) text.textContent = now.textContent;
  }
  setTimeout(follow, PAUSE_MS);
};
if (followed) setTimeout(follow, PAUSE_MS);
