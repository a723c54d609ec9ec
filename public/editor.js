// The editor of a rule with a script: its phone answers while one types, steps do not reload the page, files are sent at once. Loaded
// with `defer` and the nonce of the page.
const form = document.getElementById("editor");
const part = (page, name) => page.querySelector(`#editor [data-part="${name}"]`);

/** Sends the form as it is, with the step; gives the page that comes, where nothing is saved. */
const send = (step, { file, progress } = {}) =>
  new Promise((done) => {
    const data = new FormData(form);
    data.delete("step");
    for (const name of [...data.keys()].filter((name) => name.startsWith("file"))) data.delete(name);
    if (file) data.append(file.name, file.blob, file.blob.name);
    data.append("step", step);
    // Without a file the form is small and has no boundary.
    const body = file ? data : new URLSearchParams(data);
    const request = new XMLHttpRequest();
    request.open("POST", form.dataset.editor);
    request.responseType = "document";
    if (progress) request.upload.addEventListener("progress", (event) => (progress.value = event.loaded / event.total));
    request.addEventListener("loadend", () => done(request.status === 200 && request.response?.getElementById("editor") ? request.response : null));
    request.send(body);
  });

// The phone follows what is typed, after a moment's rest. A later answer wins.
let turn = 0;
let rest = 0;
const see = (page) => {
  const [now, next] = [document, page].map((one) => part(one, "phone"));
  now.querySelector(".phone-chat").replaceWith(next.querySelector(".phone-chat"));
  // The field below the chat may be in use.
  if (!now.querySelector("[data-say]") !== !next.querySelector("[data-say]")) now.replaceChildren(...next.childNodes);
  part(document, "why").replaceChildren(...part(page, "why").childNodes);
};
const preview = async () => {
  clearTimeout(rest);
  const mine = (turn += 1);
  const page = await send("preview");
  if (!page || mine !== turn) return;
  see(page);
  const badge = form.querySelector("[data-unsaved-badge]");
  if (form.hasAttribute("data-changed")) badge.textContent = badge.dataset.unsavedBadge;
};
const later = () => {
  clearTimeout(rest);
  rest = setTimeout(preview, 300);
};

/** The texts of the form. */
const texts = () => new Map([...new FormData(form)].filter(([, value]) => typeof value === "string"));

/** Shows the fields of a page that came after a step, which was sent with these texts: nothing that was typed is lost, also what was typed
 * while the step was under way, and the step says where the focus goes. */
const show = (page, sent) => {
  const now = texts();
  form.enctype = page.getElementById("editor").enctype;
  part(document, "fields").replaceChildren(...part(page, "fields").childNodes);
  for (const field of part(document, "fields").querySelectorAll(".input[name]")) {
    const [before, typed] = [sent.get(field.name), now.get(field.name)];
    if (typed !== undefined && typed !== before && field.value === before) field.value = typed;
  }
  see(page);
  for (const button of form.querySelectorAll("[data-step-of]")) button.hidden = true;
  const [head, fresh] = [document, page].map((one) => one.querySelector(".panel-head"));
  head.querySelector(".cut").textContent = fresh.querySelector(".cut").textContent;
  form.querySelector("[data-part='fields'] [autofocus]")?.focus();
  changed();
};
// One step at a time: each is sent with what the one before has brought.
let steps = Promise.resolve();
const take = async (value) => {
  turn += 1;
  form.setAttribute("data-changed", "");
  const sent = texts();
  const page = await send(value);
  if (page) return show(page, sent);
  // Without an answer the browser sends it.
  const step = Object.assign(document.createElement("input"), { type: "hidden", name: "step", value });
  form.append(step);
  form.removeAttribute("data-changed");
  form.submit();
};
form.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (button?.name !== "step") return;
  event.preventDefault();
  if (button.value === "preview") return void preview();
  const { value } = button;
  steps = steps.then(() => take(value));
});

// How many fields differ from what is saved, said in the bar.
const differs = (field) => {
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.tagName === "SELECT") return [...field.options].some((option) => option.selected !== option.defaultSelected);
  return field.value !== field.defaultValue;
};
const changed = () => {
  const fields = [...form.elements].filter((field) => field.name && field.name !== "say" && field.type !== "hidden" && field.type !== "file" && field.tagName !== "BUTTON");
  const touched = fields.filter(differs);
  for (const field of fields) field.toggleAttribute("data-touched", touched.includes(field) && field.matches(".input"));
  const said = form.querySelector(".save-bar:not(.bad) [data-unsaved]");
  if (said && touched.length > 0) said.textContent = said.dataset.unsaved.replace("{n}", touched.length);
};
form.addEventListener("input", (event) => {
  if (event.target.matches("[data-say], [type=file]")) return;
  changed();
  mended(event.target);
  if (!event.isComposing) later();
});
form.addEventListener("compositionend", later);
form.addEventListener("change", (event) => {
  if (event.target.type === "file") return upload(event.target);
  const button = form.querySelector(`[data-step-of="${event.target.id}"]`);
  if (event.target.id && button) form.requestSubmit(button);
  // A new match type may bring the groups of an expression, or take them away.
  else if (event.target.name.startsWith("matching")) regroup();
});
const regroup = () => (steps = steps.then(match));
const match = async () => {
  turn += 1;
  const sent = texts();
  const page = await send("match");
  if (!page) return;
  const { id, selectionStart, selectionEnd } = document.activeElement ?? {};
  show(page, sent);
  const field = id && document.getElementById(id);
  if (!field) return;
  field.focus();
  if (typeof selectionStart === "number") field.setSelectionRange(selectionStart, selectionEnd);
};

// An error is gone once its field is changed.
const mended = (field) => {
  if (field.getAttribute("aria-invalid") !== "true") return;
  field.removeAttribute("aria-invalid");
  for (const id of (field.getAttribute("aria-describedby") ?? "").split(" ")) {
    if (id.endsWith("-error")) document.getElementById(id)?.remove();
  }
};

// The message of the phone: Enter sends it to the phone, not the form.
form.addEventListener("keydown", (event) => {
  if (!event.target.matches("[data-say]") || event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  preview();
});

// A file is turn at once and sent at once; a large one says how far it is.
const PROGRESS_MIN_BYTES = 1024 * 1024;
const upload = async (field) => {
  const file = field.files[0];
  if (!file) return;
  const box = field.closest("[data-drop]");
  const index = field.closest("[data-block]").dataset.block;
  box.querySelector("[data-file-name]").textContent = file.name;
  if (file.type.startsWith("image/")) {
    const reader = new FileReader();
    reader.addEventListener("load", () => {
      const picture = Object.assign(document.createElement("img"), { className: "file-picture", alt: "", src: reader.result });
      box.querySelector(".file-picture")?.replaceWith(picture);
    });
    reader.readAsDataURL(file);
  }
  let progress = null;
  if (file.size > PROGRESS_MIN_BYTES) {
    progress = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
    progress.setAttribute("aria-label", file.name);
    box.append(progress);
  }
  form.setAttribute("data-changed", "");
  turn += 1;
  const page = await send("keep", { file: { name: field.name, blob: file }, progress });
  progress?.remove();
  const [now, next] = [document, page].map((one) => one?.querySelector(`#editor [data-block="${index}"]`));
  // Without an answer it goes along when the rule is saved.
  if (!now || !next) return;
  now.replaceWith(next);
  see(page);
  (next.querySelector("[aria-invalid]") ?? next.querySelector("[type=file]"))?.focus();
};

// [data-drop]: a file may be dropped on its box.
form.addEventListener("dragover", (event) => {
  const box = event.target.closest("[data-drop]");
  if (!box || !event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  box.classList.add("is-over");
});
form.addEventListener("dragleave", (event) => event.target.closest?.("[data-drop]")?.classList.remove("is-over"));
form.addEventListener("drop", (event) => {
  const box = event.target.closest("[data-drop]");
  if (!box || event.dataTransfer.files.length === 0) return;
  event.preventDefault();
  box.classList.remove("is-over");
  const field = box.querySelector("[type=file]");
  field.files = event.dataTransfer.files;
  upload(field);
});

// [data-insert]: a variable or a link goes into its text area, where the cursor is; at its end before it had the focus.
const visited = new WeakSet();
addEventListener("focusin", (event) => visited.add(event.target));
form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert]");
  if (!button) return;
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

// [data-parts]: how many messages a long text becomes.
const utf8 = new TextEncoder();
form.addEventListener("input", (event) => {
  const hint = form.querySelector(`[data-parts="${event.target.id}"]`);
  if (!hint) return;
  const bytes = utf8.encode(event.target.value.trim()).length;
  const parts = bytes <= Number(hint.dataset.size) ? 1 : Math.ceil(bytes / Number(hint.dataset.partBytes));
  hint.hidden = parts < 2;
  hint.querySelector("span").textContent = hint.dataset.text.replace("{n}", parts);
});

// A choice that changes the form needs no button.
for (const button of form.querySelectorAll("[data-step-of]")) button.hidden = true;
if (location.hash === "#editor" || form.querySelector(".bad")) form.querySelector("[autofocus]")?.focus();
changed();
