// What a page can do better with a script; every page works without it. Loaded with `defer` and the nonce of the page.
const root = document.documentElement;
root.classList.add("scripted");

// [data-copy]: shown only where copying works, which browsers allow on https and on this machine.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const words = button.querySelector("span");
      const before = words.textContent;
      await navigator.clipboard.writeText(button.dataset.copy);
      words.textContent = button.dataset.done;
      setTimeout(() => (words.textContent = before), 2000);
    });
  }
}

// details.menu: closed by Escape, which gives the focus back, and by a click beside it.
const menus = () => document.querySelectorAll("details.menu[open]");
addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});

// [data-count]: characters of an input, bytes of a text area, as their limits are counted.
const bytes = new TextEncoder();
for (const counter of document.querySelectorAll("[data-count]")) {
  const field = document.getElementById(counter.dataset.count);
  field?.addEventListener("input", () => {
    const used = field.tagName === "TEXTAREA" ? bytes.encode(field.value).length : field.value.length;
    counter.textContent = `${used} / ${counter.dataset.max}`;
    counter.classList.toggle("over", used > Number(counter.dataset.max));
  });
}

// form[data-guard]: the save bar comes with the first change, Ctrl or Cmd with S saves, leaving asks.
for (const form of document.querySelectorAll("form[data-guard]")) {
  let leaving = false;
  form.addEventListener("input", () => form.setAttribute("data-changed", ""));
  form.addEventListener("submit", () => (leaving = true));
  form.querySelector(".save-bar a")?.addEventListener("click", () => (leaving = true));
  addEventListener("keydown", (event) => {
    if (event.key !== "s" || !(event.ctrlKey || event.metaKey) || !form.hasAttribute("data-changed")) return;
    event.preventDefault();
    form.requestSubmit();
  });
  addEventListener("beforeunload", (event) => {
    if (form.hasAttribute("data-changed") && !leaving) event.preventDefault();
  });
}
