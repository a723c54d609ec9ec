// The test bench: what is tried is answered in place, and the chat goes on. Loaded with `defer` and the nonce of the page.
const bench = document.querySelector("[data-bench]");
const chat = () => bench.querySelector(".phone-chat > ol");
let turn = 0;

const tried = async (form, button) => {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form, button)) if (value) query.append(name, value);
  // Words that are tapped stand outside of the form and say more than its field.
  if (button?.name === "say") query.set("say", button.value);
  const place = `${bench.dataset.bench}?${query}`;
  const mine = ++turn;
  const answer = await fetch(place).catch(() => null);
  if (!answer?.ok || answer.redirected) return location.assign(place);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-bench]");
  // Somebody types faster than the network.
  if (!page || mine !== turn) return;
  show(page, form);
  if (bench.dataset.place === "page") history.replaceState(null, "", place);
};

const show = (page, form) => {
  const lines = page.querySelector(".phone-chat > ol").children;
  // The first line of an empty chat only says how to begin.
  if (!chat().querySelector(".said, [data-tried]")) chat().replaceChildren();
  for (const line of [...lines]) {
    line.setAttribute("data-tried", "");
    chat().append(line);
  }
  const [note, fresh] = [bench, page].map((one) => one.querySelector(".phone-note"));
  note?.remove();
  if (fresh) bench.querySelector(".phone-chat").after(fresh);
  bench.querySelector("[data-bench-why]").replaceChildren(...page.querySelector("[data-bench-why]").childNodes);
  const field = form.elements.say;
  field.value = page.querySelector("#say").value;
  field.focus();
};

if (bench) {
  const form = bench.querySelector("[data-bench-form]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.elements.say.value.trim() || event.submitter?.value !== "text") tried(form, event.submitter);
  });
  // The page beside the bench may change meanwhile: the next submission tries again.
  for (const radio of form.querySelectorAll("[type=radio]")) radio.addEventListener("change", () => form.elements.say.focus());
}
