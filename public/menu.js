// The command menu: Ctrl or Cmd with K opens it, typing narrows it, arrows and Enter go. Loaded with `defer` and the nonce of the page.
const menu = document.getElementById("command-menu");
const field = menu.querySelector("input");
const options = [...menu.querySelectorAll('[role="option"]')];
const shown = () => options.filter((option) => !option.hidden);

const choose = (option) => {
  for (const other of options) other.setAttribute("aria-selected", String(other === option));
  if (option) field.setAttribute("aria-activedescendant", option.id);
  else field.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
};

const narrow = () => {
  const typed = field.value.trim();
  const words = typed.toLowerCase().split(/\s+/);
  for (const option of options) {
    const { find, words: own } = option.dataset;
    option.hidden = find ? typed === "" : !words.every((word) => own.includes(word));
    if (!find) continue;
    option.firstElementChild.textContent = find.replace("{text}", () => typed);
    const url = new URL(option.href);
    url.searchParams.set("q", typed);
    option.href = url;
  }
  choose(shown()[0]);
};

const open = () => {
  field.value = "";
  narrow();
  menu.showModal();
};

for (const button of document.querySelectorAll("[data-command-menu]")) {
  button.hidden = false;
  button.addEventListener("click", open);
}
addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (menu.open) menu.close();
  else if (!document.querySelector("dialog[open]")) open();
});
field.addEventListener("input", narrow);
field.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const list = shown();
  const at = list.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    choose(list[(at + step + list.length) % list.length]);
  } else if (event.key === "Enter") {
    event.preventDefault();
    list[at]?.click();
  }
});
// A click beside it closes it.
menu.addEventListener("click", (event) => event.target === menu && menu.close());
