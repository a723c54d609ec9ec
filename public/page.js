// What a page can do better with a script; every page works without it. Loaded with `defer` and the nonce of the page.
const root = document.documentElement;
root.classList.add("scripted");

// [data-copy]: every copy button of the same text says that it is copied. Browsers offer the clipboard on https and on this machine only;
// elsewhere a selection is copied, as old browsers do.
const copy = async (text) => {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "sr-only";
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
};
const showCopied = (text) => {
  for (const button of document.querySelectorAll("[data-copy]")) {
    if (button.dataset.copy !== text) continue;
    const words = button.querySelector("span");
    button.dataset.words ??= words.textContent;
    words.textContent = button.dataset.done;
    setTimeout(() => (words.textContent = button.dataset.words), 2000);
  }
};
const unhide = (part) => {
  for (const button of part.querySelectorAll("[data-copy], [data-reveal]")) button.hidden = false;
};
addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy], [data-copy-too]");
  if (!button) return;
  const text = button.dataset.copy ?? button.dataset.copyToo;
  if (text) await copy(text).then(() => showCopied(text)).catch(() => {});
});

// [data-reveal]: shows the password before it.
addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-reveal]");
  if (!button) return;
  const field = button.previousElementSibling;
  const isHidden = field.type === "password";
  field.type = isHidden ? "text" : "password";
  [button.textContent, button.dataset.reveal] = [button.dataset.reveal, button.textContent];
});

unhide(document);
// Parts that a page's script puts in.
document.addEventListener("part", (event) => unhide(event.target));

// [data-right-address]: a proxy may hide from the program under which address the page was opened; the browser knows it.
for (const notice of document.querySelectorAll("[data-right-address]")) {
  if (location.origin === notice.dataset.rightAddress) notice.remove();
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

// .tabs: the current one is in sight where they scroll.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  const row = tab.parentElement;
  if (row.scrollWidth > row.clientWidth) row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
}

// [data-count]: characters of an input, bytes of a text area, as their limits are counted.
const bytes = new TextEncoder();
addEventListener("input", ({ target: field }) => {
  const counter = field.id && document.querySelector(`[data-count="${CSS.escape(field.id)}"]`);
  if (!counter) return;
  const used = field.tagName === "TEXTAREA" ? bytes.encode(field.value).length : [...field.value].length;
  counter.textContent = `${used} / ${counter.dataset.max}`;
  counter.classList.toggle("over", used > Number(counter.dataset.max));
});

// [data-toast]: goes after ten seconds, but not under a mouse or with the focus in it.
for (const toast of document.querySelectorAll("[data-toast]")) {
  let left = setTimeout(() => toast.remove(), 10_000);
  const stay = () => clearTimeout(left);
  const go = () => {
    clearTimeout(left);
    left = setTimeout(() => toast.remove(), 10_000);
  };
  for (const [event, act] of [["pointerenter", stay], ["focusin", stay], ["pointerleave", go], ["focusout", go]]) {
    toast.addEventListener(event, act);
  }
}

// form[data-guard]: Ctrl or Cmd with S saves, leaving asks.
for (const form of document.querySelectorAll("form[data-guard]")) {
  let leaving = false;
  // What is tried in a preview changes nothing.
  form.addEventListener("input", (event) => event.target.matches("[data-say]") || form.setAttribute("data-changed", ""));
  form.addEventListener("submit", (event) => (leaving = event.submitter?.name !== "step" || !form.hasAttribute("data-editor")));
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

// form[data-live]: a filter that is chosen is applied at once; without a script the button does it.
for (const form of document.querySelectorAll("form[data-live]:not([data-find])")) {
  form.addEventListener("change", (event) => event.target.tagName === "SELECT" && form.requestSubmit());
  // What is not asked for need not stand in the address.
  form.addEventListener("submit", () => {
    for (const field of form.elements) if (!field.value) field.disabled = true;
  });
}

// form[data-instant]: a switch is saved at once; the page that answers gives the focus back to it.
for (const form of document.querySelectorAll("form[data-instant]")) {
  form.addEventListener("change", (event) => {
    try {
      sessionStorage.setItem("switched", event.target.id);
    } catch {
      // Without storage the focus is at the top, as after any form.
    }
    form.submit();
  });
}
try {
  document.getElementById(sessionStorage.getItem("switched"))?.focus({ preventScroll: true });
  sessionStorage.removeItem("switched");
} catch {
  // As above.
}

// [data-search]: `/` goes to the search, where nothing is being written.
const search = document.querySelector("[data-search]");
addEventListener("keydown", (event) => {
  const isWriting = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (!search || event.key !== "/" || isWriting || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  search.select();
});
