// The phone of the home page answers while one types. Without this script its form does the same by a page. Loaded with `defer`.
const input = document.querySelector(".phone-foot input");
const chat = document.querySelector(".hero-phone .chat");
const tooMany = document.querySelector("[data-talk]").dataset.talk;
const PAUSE_MS = 120;
const known = new Map();
let [asked, pause] = [0, 0];

const mine = (text) => {
  const line = chat.querySelector(".mine").cloneNode(true);
  line.querySelector(".bubble").textContent = text;
  return line;
};
const theirs = (text) => {
  const line = chat.querySelector(".said:not(.mine)").cloneNode(true);
  line.querySelector(".bubble").textContent = text;
  return line;
};

// The account's bubbles; none if it has no answer yet, or was asked too often.
const answer = async (text, isDraft) => {
  const key = `${isDraft ? "draft " : ""}${text}`;
  if (!known.has(key)) {
    const reply = await fetch(`/say?${new URLSearchParams({ say: text, ...(isDraft && { draft: "1" }) })}`, { cache: "no-store" });
    if (reply.status === 429) return isDraft ? [] : [theirs(tooMany)];
    if (!reply.ok) return [];
    known.set(key, await reply.text());
  }
  const made = new DOMParser().parseFromString(`<ol>${known.get(key)}</ol>`, "text/html");
  return [...made.querySelectorAll("li")].map((line) => document.adoptNode(line));
};

const say = async (text, isDraft) => {
  const number = ++asked;
  const trimmed = text.trim();
  const lines = trimmed ? await answer(trimmed, isDraft).catch(() => []) : [];
  // A later key was pressed meanwhile.
  if (number !== asked) return;
  for (const line of chat.querySelectorAll(".draft")) line.remove();
  if (!trimmed || (isDraft && !lines.length)) return;
  for (const line of [mine(trimmed), ...lines]) {
    line.classList.add("new");
    line.classList.toggle("draft", isDraft);
    chat.append(line);
  }
};

input.addEventListener("input", (event) => {
  clearTimeout(pause);
  if (!event.isComposing) pause = setTimeout(() => say(input.value, true), PAUSE_MS);
});
input.addEventListener("compositionend", () => {
  clearTimeout(pause);
  pause = setTimeout(() => say(input.value, true), PAUSE_MS);
});
addEventListener("submit", (event) => {
  if (!event.target.closest(".phone")) return;
  event.preventDefault();
  clearTimeout(pause);
  say(input.value, false);
  input.value = "";
});
// The suggestions; `submit` does not tell old browsers which button was pressed.
addEventListener("click", (event) => {
  const button = event.target.closest(".chips button");
  if (!button) return;
  event.preventDefault();
  clearTimeout(pause);
  say(button.value, false);
});
