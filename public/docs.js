// The API documentation: filters the list of calls while typing, and sends calls from the page.
// In a block: the scripts of a page share their names.
{
  // The list: what does not have all words is hidden.
  const search = document.querySelector("[data-docs-search]");
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of document.querySelectorAll("[data-words]")) {
      row.hidden = !words.every((word) => row.dataset.words.includes(word));
    }
    const groups = [...document.querySelectorAll(".docs-group")];
    for (const group of groups) group.hidden = !group.querySelector("[data-words]:not([hidden])");
    const none = document.querySelector("[data-docs-none]");
    none.hidden = groups.some((group) => !group.hidden);
  };
  search?.addEventListener("input", filter);

  // On a phone the contents of a page begin folded.
  const contents = document.querySelector(".docs-contents details");
  if (contents && matchMedia("(width < 64rem)").matches) contents.open = false;

  // The token for trying: of this tab, of this user, until it expires.
  const KEY = "weida-docs-token";
  const trial = document.querySelector("[data-trial]");
  const held = () => {
    const stored = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    if (stored && stored.user === trial?.dataset.user && stored.until > Date.now()) return stored.token;
    sessionStorage.removeItem(KEY);
    return "";
  };
  if (trial?.dataset.token) {
    const { user, token, minutes } = trial.dataset;
    sessionStorage.setItem(KEY, JSON.stringify({ user, token, until: Date.now() + minutes * 60_000 }));
  }
  const note = document.querySelector("[data-held]");
  if (note) note.hidden = !held();

  const request = (form) => {
    const { method, type } = form.dataset;
    let path = form.dataset.path;
    const query = new URLSearchParams();
    const headers = new Headers();
    const parts = new FormData();
    let body;
    for (const field of form.querySelectorAll("[data-in]")) {
      const { name, in: place } = field.dataset;
      const value = field.value;
      if (place === "path") path = path.replace(`{${name}}`, encodeURIComponent(value));
      if (place === "query" && value) query.append(name, value);
      if (place === "header" && value) headers.set(name, value);
      if (place === "part") parts.append(name, field.files ? field.files[0] : value);
      if (place === "body") body = value;
    }
    if (type === "multipart/form-data") body = parts;
    else if (body !== undefined) headers.set("Content-Type", type);
    const token = "signed" in form.dataset && held();
    if (token) headers.set("Authorization", `Bearer ${token}`);
    return [`${path}${query.size ? `?${query}` : ""}`, { method, headers, body }];
  };

  const element = (tag, set, ...children) => {
    const made = Object.assign(document.createElement(tag), set);
    made.append(...children);
    return made;
  };

  // A picture is shown, text is indented if it is JSON.
  const shown = async (response) => {
    const kind = response.headers.get("Content-Type") ?? "";
    if (kind.startsWith("image/")) {
      const blob = await response.blob();
      const url = await new Promise((done) => {
        const reader = new FileReader();
        reader.addEventListener("load", () => done(reader.result));
        reader.readAsDataURL(blob);
      });
      return element("img", { src: url, alt: `${kind}, ${blob.size} B` });
    }
    let text = await response.text();
    try {
      text = JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      // Not JSON.
    }
    return element("pre", { tabIndex: 0, textContent: text });
  };

  const send = async (form) => {
    const result = form.querySelector("[data-result]");
    const stop = form.querySelector("[data-stop]");
    const ending = new AbortController();
    const end = () => ending.abort();
    stop.hidden = false;
    stop.addEventListener("click", end);
    const begun = performance.now();
    result.replaceChildren(result.dataset.sending);
    try {
      const [url, options] = request(form);
      const response = await fetch(url, { ...options, signal: ending.signal, cache: "no-store" });
      const took = Math.round(performance.now() - begun);
      const status = element("b", { className: response.ok ? "docs-status good" : "docs-status", textContent: response.status });
      const line = element("p", {}, status, ` ${response.statusText} · ${took} ${result.dataset.took}`);
      result.replaceChildren(line);
      result.append(await shown(response));
    } catch (error) {
      result.append(element("p", { textContent: `${result.dataset.failed} · ${error.message}` }));
    } finally {
      stop.hidden = true;
      stop.removeEventListener("click", end);
    }
  };

  for (const box of document.querySelectorAll(".docs-try")) {
    box.hidden = false;
    const form = box.querySelector("form");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form);
    });
  }
}
