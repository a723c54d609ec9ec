// The test bench: what is tried is answered in place, and the chat goes on. Loaded with `defer` and the nonce of the page.
const bench = document.querySelector("[data-bench]");
const form = bench.querySelector("[data-bench-form]");
const chat = () => bench.querySelector(".phone-chat > ol");
let turn = 0;

const tried = async (button) => {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form, button)) if (value) query.append(name, value);
  // Words that are tapped stand outside of the form and say more than its field.
  if (button?.name === "say") query.set("say", button.value);
  const place = `${bench.dataset.bench}?${query}`;
  const mine = ++turn;
  const answer = await fetch(place).catch(() => null);
  if (!answer?.ok || answer.redirected) return location.assign(place);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-bench]");
  // The next message may have been sent meanwhile.
  if (!page || mine !== turn) return;
  show(page);
  history.replaceState(null, "", place);
};

const light = () => bench.querySelector("[data-lit]")?.scrollIntoView({ block: "center" });

const show = (page) => {
  // The first line of an empty chat only says how to begin.
  if (!chat().querySelector(".said, [data-tried]")) chat().replaceChildren();
  for (const line of [...page.querySelector(".phone-chat > ol").children]) {
    line.setAttribute("data-tried", "");
    chat().append(line);
  }
  for (const part of ["[data-bench-why]", "[data-bench-rules]"]) {
    bench.querySelector(part).replaceChildren(...page.querySelector(part).childNodes);
  }
  bench.querySelector("[data-bench-why]").scrollTop = 0;
  light();
  const field = form.elements.say;
  field.value = page.querySelector("#say").value;
  field.focus();
};

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (form.elements.say.value.trim() || event.submitter?.value !== "text") tried(event.submitter);
});
// Who sends may change meanwhile: the next message is theirs.
for (const radio of document.querySelectorAll("[name=as]")) radio.addEventListener("change", () => form.elements.say.focus());
light();
