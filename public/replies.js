// What the pages about rules can do better with a script; each works without. Loaded with `defer` and the nonce of the page.

// [data-insert]: a variable or a link goes into its text area, where the cursor is; at the end, where nobody has been so far.
const visited = new WeakSet();
addEventListener("focusin", (event) => visited.add(event.target));
for (const button of document.querySelectorAll("[data-insert]")) {
  button.addEventListener("click", () => {
    const area = document.getElementById(button.dataset.into);
    const text = button.dataset.insert;
    if (!visited.has(area)) area.setSelectionRange(area.value.length, area.value.length);
    area.focus();
    const at = area.selectionStart;
    area.setRangeText(text, at, area.selectionEnd, "end");
    // In a link, on with its address.
    const inside = text.indexOf('"></a>');
    if (inside > 0) area.setSelectionRange(at + inside, at + inside);
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

// [data-parts]: how many messages a long text becomes.
const utf8 = new TextEncoder();
for (const hint of document.querySelectorAll("[data-parts]")) {
  const area = document.getElementById(hint.dataset.parts);
  area?.addEventListener("input", () => {
    const bytes = utf8.encode(area.value.trim()).length;
    const parts = bytes <= Number(hint.dataset.size) ? 1 : Math.ceil(bytes / Number(hint.dataset.part));
    hint.hidden = parts < 2;
    hint.querySelector("span").textContent = hint.dataset.text.replace("{n}", parts);
  });
}

// [data-echo]: words of the preview follow the field with that id.
for (const words of document.querySelectorAll("[data-echo]")) {
  const field = document.getElementById(words.dataset.echo);
  field?.addEventListener("input", () => (words.textContent = field.value || words.dataset.empty));
}

// [data-step-of]: a choice that changes the form needs no button.
for (const button of document.querySelectorAll("[data-step-of]")) {
  button.hidden = true;
  document.getElementById(button.dataset.stepOf)?.addEventListener("change", () => button.form.requestSubmit(button));
}

// [data-send]: Enter sends the one-line form, Shift with Enter breaks the line. Not while an input method composes.
for (const area of document.querySelectorAll("[data-send]")) {
  area.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    area.form.requestSubmit();
  });
}

// The boxes of the list: all of a page at once, and how many are ticked.
const bulk = document.querySelector("[data-bulk]");
const boxes = () => [...document.querySelectorAll("[data-row] .tick input")];
const count = () => {
  const ticked = boxes().filter((box) => box.checked).length;
  const all = bulk.querySelector("[data-all]");
  all.checked = ticked > 0 && ticked === boxes().length;
  all.indeterminate = ticked > 0 && !all.checked;
  const said = bulk.querySelector("[data-selected]");
  said.textContent = ticked > 0 ? said.dataset.selected.replace("{n}", ticked) : "";
  bulk.toggleAttribute("data-ticked", ticked > 0);
};
if (bulk) {
  const all = bulk.querySelector("[data-all]");
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes()) box.checked = all.checked;
    count();
  });
  document.querySelector("[data-rows]").addEventListener("change", count);
  count();
}

// [data-grip]: in the order of priorities a row is put where it is dragged to.
for (const grip of document.querySelectorAll("[data-grip]")) {
  const row = grip.closest("[data-row]");
  grip.addEventListener("dragstart", (event) => {
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", row.dataset.row);
    event.dataTransfer.setDragImage(row, 0, 0);
    row.classList.add("is-dragged");
    row.parentElement.dataset.dragged = row.dataset.row;
  });
  grip.addEventListener("dragend", () => {
    row.classList.remove("is-dragged");
    delete row.parentElement.dataset.dragged;
  });
}
const list = document.querySelector("[data-rows] tbody");
/** Where a drop at this height puts the dragged row: beside which one, and on which side. */
const spot = (event) => {
  const row = event.target.closest("[data-row]");
  if (!list.dataset.dragged || !row || row.dataset.row === list.dataset.dragged) return;
  const box = row.getBoundingClientRect();
  return { row, side: event.clientY < box.top + box.height / 2 ? "before" : "after" };
};
const unmark = () => list.querySelector("[data-drop]")?.removeAttribute("data-drop");
list?.addEventListener("dragover", (event) => {
  const at = spot(event);
  unmark();
  if (!at) return;
  event.preventDefault();
  at.row.dataset.drop = at.side;
});
list?.addEventListener("dragleave", unmark);
list?.addEventListener("drop", (event) => {
  const at = spot(event);
  unmark();
  if (!at) return;
  event.preventDefault();
  const form = document.getElementById("rules").cloneNode(true);
  form.removeAttribute("id");
  form.action = "/do/rules-place";
  for (const [name, value] of [["number", list.dataset.dragged], ["spot", `${at.side}-${at.row.dataset.row}`]]) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  form.hidden = true;
  document.body.append(form);
  form.submit();
});

// The list comes again after an act: it stands where it stood, with the focus where it was.
const STOOD = "weida-stood";
document.getElementById("rules")?.addEventListener("submit", (event) => {
  const button = event.submitter;
  sessionStorage.setItem(STOOD, JSON.stringify({ y: scrollY, act: button?.value ?? "", path: location.pathname }));
  // Shown at once; the page that comes has the last word.
  if (button?.getAttribute("role") === "switch") {
    button.setAttribute("aria-checked", String(button.getAttribute("aria-checked") !== "true"));
  }
});
const stood = JSON.parse(sessionStorage.getItem(STOOD) ?? "null");
sessionStorage.removeItem(STOOD);
if (stood?.path === location.pathname) {
  scrollTo(0, stood.y);
  const [act, number] = stood.act.split("-");
  const row = document.getElementById(`rule-${number}`);
  const again = /able$/.test(act) ? ".toggle" : `button[value="${act}-${number}"]`;
  row?.querySelector(again)?.focus({ preventScroll: true });
} else {
  // With a place in the address browsers leave `autofocus` alone.
  document.querySelector(".opened [autofocus]")?.focus();
}

// Keys. Those of one letter do nothing in a field, with a modifier, under a dialog, or where they are switched off.
const rows = [...document.querySelectorAll("[data-row]")];
const help = document.getElementById("keys");
const wanted = document.querySelector("[data-keys]")?.dataset.keys === "on";
const typing = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
let at = rows.findIndex((row) => row.classList.contains("is-current"));
const stand = (to) => {
  if (rows.length === 0) return;
  rows[at]?.classList.remove("is-current");
  at = Math.min(Math.max(to, 0), rows.length - 1);
  rows[at].classList.add("is-current");
  rows[at].querySelector("th a").focus();
};
const keys = {
  j: () => stand(at + 1),
  k: () => stand(at - 1),
  x: () => rows[at]?.querySelector(".tick input").click(),
  n: () => document.querySelector('[data-key="n"]')?.click(),
  a: () => document.querySelector('[data-key="a"]')?.focus(),
  "/": () => document.querySelector('[data-key="/"]')?.focus(),
  "?": () => help?.showModal(),
};
for (const row of rows) {
  row.addEventListener("focusin", () => {
    rows[at]?.classList.remove("is-current");
    at = rows.indexOf(row);
    row.classList.add("is-current");
  });
}
addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const field = typing(event.target);
  if (event.key === "Escape" && !document.querySelector("dialog[open], details.menu[open]")) {
    // Out of a field first; then out of the editor, which asks where something would be lost.
    const form = event.target.closest("form[data-back]") ?? document.querySelector("form[data-back]");
    if (field) field.blur();
    else if (form) location.assign(form.dataset.back);
    return;
  }
  if (field || !wanted || document.querySelector("dialog[open]")) return;
  if (event.key === "Enter" && rows[at]?.querySelector("th a") === event.target) {
    event.preventDefault();
    rows[at].querySelector("[data-open]").click();
    return;
  }
  const act = keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
for (const button of document.querySelectorAll("[data-help]")) {
  button.hidden = false;
  button.addEventListener("click", () => help.showModal());
}
