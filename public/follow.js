// A page that shows a state (`src/http/state_stream.rs`): loads itself again when the state changes. Loaded with `defer`.
// In a block: scripts of one page share their top-level names.
{
  const [FIRST_MS, SILENT_MS, ASK_MS] = [2500, 12000, 2000];
  const box = document.querySelector("[data-state-word]");
  const { stateWord: shown, statePage: address, stateTyping: typing } = box.dataset;
  let [source, opened, heard, isOver, isAsking] = [null, 0, 0, false, false];

  const hear = (state) => {
    if (isOver || state === shown) return;
    // What is being typed stays: in the states that the page names, else in all.
    const isTyped = ({ value, defaultValue }) => value !== (typing ? "" : defaultValue);
    const stays = !typing || typing.split(" ").some((one) => state.startsWith(one));
    if (stays && [...box.querySelectorAll("form input:not([type=hidden])")].some(isTyped)) return;
    isOver = true;
    source?.close();
    location.replace(address);
  };
  const follow = () => {
    source?.close();
    [opened, heard] = [Date.now(), 0];
    if (!window.EventSource) return;
    source = new EventSource(address + "/events");
    source.addEventListener("alive", () => (heard = Date.now()));
    source.addEventListener("state", (event) => {
      heard = Date.now();
      hear(event.data);
    });
    source.addEventListener("error", () => {
      if (source.readyState === EventSource.CLOSED) heard = 0;
    });
  };
  // A proxy may hold the stream back, or lose it without a word: silence makes the page ask.
  const ask = async () => {
    const isSilent = Date.now() > (heard ? heard + SILENT_MS : opened + FIRST_MS);
    if (isOver || isAsking || !isSilent) return;
    isAsking = true;
    try {
      const answer = await fetch(address + "/state", { cache: "no-store" });
      if (answer.ok) hear(await answer.text());
      else if (answer.status === 404) location.reload();
    } catch {
      // The program is away.
    } finally {
      isAsking = false;
    }
  };
  const leave = () => {
    isOver = true;
    source?.close();
  };
  follow();
  setInterval(ask, ASK_MS);
  addEventListener("submit", leave);
  addEventListener("beforeunload", leave);
  document.addEventListener("visibilitychange", () => document.hidden || isOver || follow());
}
