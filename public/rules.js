// The list of rules with a script: choosing, dragging, keys, a search that answers while one types, and all pages in one list. Loaded
// with `defer` and the nonce of the page.
const pane = document.querySelector(".pane");
const scroller = pane.querySelector("[data-scroll]");
const rows = () => [...pane.querySelectorAll("#rows > [data-row]")];
const rowOf = (number) => document.getElementById(`rule-${number}`);
const acts = document.getElementById("rules");

/** Fetches a page of this site as a document; nothing if it does not come from here. */
const load = async (address) => {
  const answer = await fetch(address).catch(() => null);
  if (!answer?.ok || answer.redirected) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html");
};

// The boxes: ticked rules stay ticked while the list scrolls on, and go with the form though their rows are gone.
const ticked = new Set();
const bulk = () => pane.querySelector("[data-bulk]");
const count = () => {
  for (const row of rows()) {
    const box = row.querySelector(".tick input");
    box.checked = ticked.has(row.dataset.row);
    row.classList.toggle("is-ticked", box.checked);
  }
  const all = pane.querySelector("[data-all]");
  if (!bulk() || !all) return;
  const here = rows().filter((row) => ticked.has(row.dataset.row)).length;
  all.checked = here > 0 && here === rows().length;
  all.indeterminate = ticked.size > 0 && !all.checked;
  const said = bulk().querySelector("[data-selected]");
  said.textContent = ticked.size > 0 ? said.dataset.selected.replace("{n}", ticked.size) : "";
  bulk().toggleAttribute("data-ticked", ticked.size > 0);
};
const clear = () => {
  ticked.clear();
  count();
};
const arm = () => {
  for (const part of pane.querySelectorAll("[data-all-box], [data-clear], [data-help]")) part.hidden = false;
};
for (const row of rows()) if (row.querySelector(".tick input").checked) ticked.add(row.dataset.row);
pane.addEventListener("change", (event) => {
  const box = event.target;
  if (box.matches("[data-all]")) {
    for (const row of rows()) ticked[box.checked ? "add" : "delete"](row.dataset.row);
  } else if (box.matches("#rows .tick input")) {
    ticked[box.checked ? "add" : "delete"](box.value);
  } else return;
  count();
});
pane.addEventListener("click", (event) => {
  if (event.target.closest("[data-clear]")) clear();
  if (event.target.closest("[data-help]")) help()?.showModal();
  // At a desk a rule opens beside the list.
  const link = event.target.closest("a[data-open]");
  if (!link || !matchMedia("(min-width: 64rem)").matches || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  keepPlace();
  location.assign(link.dataset.open);
});
acts.addEventListener("formdata", (event) => {
  const sent = new Set(event.formData.getAll("numbers[]"));
  for (const number of ticked) if (!sent.has(number)) event.formData.append("numbers[]", number);
});

// All pages in one list: those around the view are in the document, the others are space of the same height.
let view = null;
const space = (height) => {
  const body = document.createElement("tbody");
  const cell = body.insertRow().insertCell();
  cell.colSpan = 9;
  body.setAttribute("aria-hidden", "true");
  body.className = "space";
  cell.style.height = `${height}px`;
  body.hidden = height === 0;
  return body;
};
const begin = () => {
  const table = pane.querySelector("[data-rows]");
  const { base, page, total, size } = table.dataset;
  const body = table.querySelector("#rows");
  view?.top.remove();
  view?.bottom.remove();
  view = null;
  const pages = Math.ceil(Number(total) / Number(size));
  if (pages < 2 || Number(page) !== 1 || rows().length === 0) return;
  const height = rows()[0].getBoundingClientRect().height || 40;
  view = { base, pages, size: Number(size), total: Number(total), height, first: 1, last: 1, known: new Map([[1, rows()]]), top: space(0), bottom: space(0), body, busy: false };
  body.before(view.top);
  body.after(view.bottom);
  const steps = pane.querySelector(".pager-steps");
  if (steps) steps.hidden = true;
  stretch();
};
const stretch = () => {
  const { height, size, total, first, last } = view;
  const set = (body, rows) => {
    body.hidden = rows <= 0;
    body.rows[0].cells[0].style.height = `${Math.max(rows, 0) * height}px`;
  };
  set(view.top, (first - 1) * size);
  set(view.bottom, total - Math.min(last * size, total));
};
/** The pages that the view needs: the one in its middle, and one on each side. */
const wanted = () => {
  const scrolls = getComputedStyle(scroller).overflowY === "auto";
  const top = view.top.hidden ? view.body : view.top;
  const from = (scrolls ? scroller.getBoundingClientRect().top : 0) - top.getBoundingClientRect().top;
  const middle = from + (scrolls ? scroller.clientHeight : innerHeight) / 2;
  const page = Math.min(Math.max(Math.ceil(middle / (view.height * view.size)), 1), view.pages);
  return [Math.max(page - 1, 1), Math.min(page + 1, view.pages)];
};
const scrolled = async () => {
  if (!view || view.busy) return;
  const mine = view;
  const [first, last] = wanted();
  const missing = [];
  for (let page = first; page <= last; page += 1) if (!view.known.has(page)) missing.push(page);
  if (missing.length > 0) {
    view.busy = true;
    const loaded = await Promise.all(missing.map((page) => load(`${mine.base}${page}`)));
    mine.busy = false;
    if (view !== mine || loaded.some((page) => !page)) return;
    missing.forEach((page, at) => view.known.set(page, [...loaded[at].querySelectorAll("#rows > [data-row]")].map((row) => document.adoptNode(row))));
  }
  const focused = document.activeElement?.closest?.("#rows > [data-row]");
  const shown = [];
  for (let page = first; page <= last; page += 1) shown.push(...view.known.get(page));
  // The row with the focus stays, however far the list scrolls.
  if ((first !== view.first || last !== view.last) && (!focused || shown.includes(focused))) {
    [view.first, view.last] = [first, last];
    for (const row of rows()) if (!shown.includes(row)) row.remove();
    view.body.append(...shown);
    stretch();
    count();
  }
  // Far from here the pages are read again when they are needed.
  for (const page of view.known.keys()) if (page < first - 8 || page > last + 8) view.known.delete(page);
  const [a, b] = wanted();
  if (a !== view.first || b !== view.last) requestAnimationFrame(scrolled);
};
for (const target of [scroller, window]) target.addEventListener("scroll", () => requestAnimationFrame(scrolled), { passive: true });

// The search answers while one types. The address follows, and without an answer the form is sent.
const find = pane.querySelector("[data-find]");
let asked = 0;
const answerSearch = async () => {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(find)) if (value) query.append(name, value);
  const address = `${find.action}${query.size ? `?${query}` : ""}`;
  const mine = (asked += 1);
  const page = await load(address);
  if (mine !== asked) return;
  const fresh = page?.querySelector(".pane");
  if (!fresh) return location.assign(address);
  scroller.replaceChildren(...fresh.querySelector("[data-scroll]").childNodes);
  for (const part of [".tabs", "[data-bulk]"]) {
    const [now, next] = [pane, fresh].map((one) => one.querySelector(part));
    if (now && next) now.replaceWith(next);
    else if (next) pane.append(next);
    else now?.remove();
  }
  for (const form of ["rules", "quick"]) document.getElementById(form).replaceChildren(...fresh.querySelector(`#${form}`).childNodes);
  acts.querySelector('[name="back"]').value = page.querySelector('#rules [name="back"]')?.value ?? acts.querySelector('[name="back"]').value;
  history.replaceState(null, "", address);
  scroller.scrollTop = 0;
  at = -1;
  arm();
  clear();
  begin();
};
let typing = 0;
find?.addEventListener("input", (event) => {
  if (event.isComposing || event.target.type !== "search") return;
  clearTimeout(typing);
  typing = setTimeout(answerSearch, 120);
});
find?.addEventListener("compositionend", answerSearch);
find?.addEventListener("change", (event) => event.target.tagName === "SELECT" && answerSearch());
find?.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(typing);
  answerSearch();
});

// [data-send]: Enter sends the row that adds a rule, Shift with Enter breaks the line. Not while an input method composes.
pane.addEventListener("keydown", (event) => {
  if (!event.target.matches?.("[data-send]") || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

// [data-grip]: a rule is put where it is dragged to.
let dragged = null;
pane.addEventListener("dragstart", (event) => {
  const row = event.target.closest?.("[data-grip]")?.closest("[data-row]");
  if (!row) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", row.dataset.row);
  event.dataTransfer.setDragImage(row, 0, 0);
  row.classList.add("is-dragged");
  dragged = row.dataset.row;
});
const unmark = () => pane.querySelector("[data-drop]")?.removeAttribute("data-drop");
pane.addEventListener("dragend", () => {
  pane.querySelector(".is-dragged")?.classList.remove("is-dragged");
  dragged = null;
  unmark();
});
/** Where a drop at this height puts the dragged row: beside which one, and on which side. */
const spot = (event) => {
  const row = event.target.closest("#rows > [data-row]");
  if (!dragged || !row || row.dataset.row === dragged) return null;
  const box = row.getBoundingClientRect();
  return { row, side: event.clientY < box.top + box.height / 2 ? "before" : "after" };
};
pane.addEventListener("dragover", (event) => {
  const at = spot(event);
  unmark();
  if (!at) return;
  event.preventDefault();
  at.row.dataset.drop = at.side;
});
pane.addEventListener("drop", (event) => {
  const at = spot(event);
  unmark();
  if (!at) return;
  event.preventDefault();
  const form = acts.cloneNode(true);
  form.removeAttribute("id");
  form.action = "/do/rules-place";
  for (const [name, value] of [["number", dragged], ["spot", `${at.side}-${at.row.dataset.row}`]]) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  document.body.append(form);
  keepPlace();
  form.submit();
});

// The list comes again after an act: it stands where it stood, with the focus where it was.
const STOOD = "weida-stood";
const keepPlace = (act = "") => {
  const place = { top: scroller.scrollTop, y: scrollY, act, path: location.pathname };
  sessionStorage.setItem(STOOD, JSON.stringify(place));
};
acts.addEventListener("submit", (event) => {
  const button = event.submitter;
  keepPlace(button?.value);
  // Shown at once; the page that comes has the last word.
  if (button?.getAttribute("role") === "switch") {
    button.setAttribute("aria-checked", String(button.getAttribute("aria-checked") !== "true"));
  }
});
document.querySelector("form[data-back]")?.addEventListener("submit", () => keepPlace());
document.querySelector("[data-close]")?.addEventListener("click", () => keepPlace());

// Keys. Those of one letter do nothing in a field, with a modifier, under a dialog, or where they are switched off.
const help = () => document.getElementById("keys");
const wantsKeys = document.querySelector("[data-keys]")?.dataset.keys === "on";
const writes = (target) => target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
const linkOf = (row) => row?.querySelector("a[data-open]");
let at = rows().findIndex((row) => row.classList.contains("is-open"));
const stand = (to) => {
  const all = rows();
  if (all.length === 0) return;
  all[at]?.classList.remove("is-current");
  at = Math.min(Math.max(to, 0), all.length - 1);
  all[at].classList.add("is-current");
  linkOf(all[at]).focus();
  // With the editor open, the next rule opens in it.
  if (document.querySelector(".with-panel")) linkOf(all[at]).click();
};
const keys = {
  j: () => stand(at + 1),
  k: () => stand(at - 1),
  x: () => rows()[at]?.querySelector(".tick input").click(),
  c: () => document.querySelector('[data-key="c"]')?.click(),
  a: () => document.querySelector('[data-key="a"]')?.focus(),
  "/": () => document.querySelector('[data-key="/"]')?.focus(),
  "?": () => help()?.showModal(),
};
pane.addEventListener("focusin", (event) => {
  const row = event.target.closest("#rows > [data-row]");
  if (!row) return;
  rows()[at]?.classList.remove("is-current");
  at = rows().indexOf(row);
  row.classList.add("is-current");
});
addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
  const row = event.target.closest?.("#rows > [data-row]");
  const step = { ArrowUp: "raise", ArrowDown: "lower" }[event.key];
  if (row && event.altKey && step) {
    event.preventDefault();
    row.querySelector(`button[value="${step}-${row.dataset.row}"]`)?.click();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const field = writes(event.target);
  if (event.key === "Escape" && !document.querySelector("details.menu[open]")) {
    // Out of a field first, then out of the editor, which asks where something would be lost, then out of the selection.
    const form = document.querySelector("form[data-back]");
    if (field) field.blur();
    else if (form) {
      keepPlace();
      location.assign(form.dataset.back);
    } else clear();
    return;
  }
  if (field || !wantsKeys || !keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});

arm();
count();
begin();
const stood = JSON.parse(sessionStorage.getItem(STOOD) ?? "null");
sessionStorage.removeItem(STOOD);
if (stood?.path === location.pathname) {
  scroller.scrollTop = stood.top;
  scrollTo(0, stood.y);
  const [act, number] = stood.act.split("-");
  const again = /able$/.test(act) ? ".toggle" : `button[value="${act}-${number}"]`;
  // A button that comes with the focus needs it in its row first.
  if (number && rowOf(number)) linkOf(rowOf(number)).focus({ preventScroll: true });
  if (number) rowOf(number)?.querySelector(again)?.focus({ preventScroll: true });
}
// With a place in the address browsers leave `autofocus` alone.
document.querySelector(".panel [autofocus]")?.focus();
