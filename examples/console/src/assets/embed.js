// Script of the console: enhances its pages, and defines the custom elements that embed them.
// It stores nothing, logs nothing, and loads nothing but pages of the console.
const STYLE = "console.css"; // The server inserts the digest.
const [TIMEOUT, LONGEST_PAUSE] = [30_000, 300_000];
// Used until a page is loaded. Every page contains these texts in its own language.
const ENGLISH = { offline: "You are offline. The page shows what was known last.",
  failed: "This page could not be loaded", retry: "Try again" };
const UNITS = [["minute", 60], ["hour", 3600], ["day", 86_400], ["date", 30 * 86_400]];
const KEYS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10,
  Home: -100, End: 100 };
const views = new Set();
let policy; // Undefined if the host does not allow it. Then its default policy decides.
try {
  policy = globalThis.trustedTypes?.createPolicy("greenhouse", { createHTML: (html) => html });
} catch {}
/** Parses HTML of the console. Inside a template, rows of a table are valid too. */
function parse(text) {
  const html = `<template>${text}</template>`;
  const parsed = new DOMParser().parseFromString(policy?.createHTML(html) ?? html, "text/html");
  const { content } = parsed.querySelector("template");
  for (const node of allOf(content, "script, link, style, title, meta")) node.remove();
  return content;
}
function create(tag, attributes, ...content) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...content);
  return node;
}
function focus(node, isFar) {
  for (let up = node; up && isFar; up = up.parentElement) if ("open" in up) up.open = true;
  if (isFar) node.scrollIntoView();
  if (node?.tabIndex < 0) node.setAttribute("tabindex", "-1");
  node?.focus({ preventScroll: true });
}
const failure = (code, message) => Object.assign(new Error(message), { failure: code });
const allOf = (node, selector) => [...node.querySelectorAll(selector)];
const fieldsOf = (form, submitter) => new URLSearchParams(new FormData(form, submitter));
const textOf = (page) => page.querySelector(".gh-notice")?.textContent.trim() ?? "";
const pageOf = ({ pathname, search }) => pathname + search;
const mainOf = (page) => page.querySelector("#gh-main") ?? page;
const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
/** The pages in a document or in the shadow root of a custom element. */
class View {
  constructor(root, address, base, element) {
    Object.assign(this, { root, base, element, scope: root.getRootNode() });
    this.url = new URL(address, document.baseURI);
    const handle = (event) => this.root.contains(event.target) && this[event.type](event);
    for (const type of ["click", "submit", "input", "keydown", "pointerdown", "pointermove"])
      root.parentNode.addEventListener(type, handle);
    views.add(this);
  }
  text(name) { return this.root.getAttribute(`data-text-${name}`) ?? ENGLISH[name]; }
  byId(id) { return id ? this.scope.getElementById(decodeURIComponent(id)) : null; }
  isOwn({ origin, pathname }) {
    return `${origin}${pathname}/`.startsWith(new URL(`${this.base}/`, document.baseURI).href);
  }
  all(selector) { return allOf(this.root, selector); }
  isDirty(except) { return this.all("form[data-dirty]").some((form) => form !== except); }
  mayLeave(except) { return !this.isDirty(except) || confirm(this.text("leave")); }
  emit(type, code, message) {
    const options = { detail: { code, message }, bubbles: true, composed: true };
    this.element?.dispatchEvent(new CustomEvent(`greenhouse-${type}`, options));
  }
  announce(text) {
    this.live?.remove();
    const live = (this.live = create("div", { class: "gh-hidden", role: "status" }));
    (this.root.querySelector("dialog[open]") ?? this.root).append(live);
    setTimeout(() => live.append(text), 300); // After the screen reader has noticed the element.
  }
  async request(address, options) {
    const response = await fetch(address, { headers: { "x-greenhouse-fragment": "1" },
      credentials: "same-origin", mode: "same-origin", cache: "no-store",
      signal: AbortSignal.timeout(TIMEOUT), ...options });
    const content = parse(await response.text());
    // The page around an element has its own main landmark.
    for (const main of this.element ? allOf(content, "main") : [])
      main.replaceWith(create("div", { id: main.id, tabindex: "-1" }, ...main.childNodes));
    this.root.querySelector(":scope > .gh-offline")?.remove();
    return { response, content, page: content.querySelector(".gh") };
  }
  /** Loads a part of a page. A whole page is reduced to its content. */
  async fragment(address, options) {
    const { response, content, page } = await this.request(address, options);
    if (response.status === 401 && page && !this.isDirty()) this.replace(page);
    if (!response.ok || !this.isOwn(new URL(response.url)))
      throw failure(`http_${response.status}`, textOf(content) || this.text("failed"));
    const fragment = new DocumentFragment();
    fragment.append(...mainOf(page ?? content).childNodes);
    return fragment;
  }
  /** Loads a page and shows it instead of the present one, or in the drawer that asked for it. */
  async load(url, { method = "GET", body, form, into } = {}) {
    const turn = (this.turn = {});
    const active = form && this.scope.activeElement;
    this.isPosting = method === "POST";
    this.root.setAttribute("aria-busy", "true");
    const loaded = await this.request(url, { method, body }).catch((error) => ({ error }));
    const { response, page } = loaded;
    if (turn !== this.turn) return;
    this.release();
    const error = loaded.error ?? failure(`http_${response.status}`, this.text("failed"));
    if (!page) return this.fail(error, method === "GET" && (() => this.load(url)));
    const shown = Object.assign(new URL(response.url), { hash: url.hash });
    const saved = shown.searchParams.get("saved");
    const code = page.querySelector("[data-code]")?.dataset.code ?? `http_${response.status}`;
    if (!response.ok) this.emit("error", code, textOf(page));
    else if (saved) this.emit("saved", saved, textOf(page));
    if (into?.isConnected && response.ok && shown.pathname === into.ghPath)
      return this.put(into, mainOf(page).childNodes);
    this.replace(page);
    if (method === "GET" || response.redirected) this.setAddress(shown, "pushState");
    this.focusAfter(response.ok, active, url.hash);
    if (response.ok) this.announce(textOf(page));
  }
  setAddress(url, change) {
    this.url = url;
    if (this.element) return;
    history[url.href === location.href ? "replaceState" : change](null, "", url);
    document.title = this.root.dataset.title;
  }
  put(node, content) { node.replaceChildren(...content); this.enhance(node); }
  replace(page) { this.root.replaceWith(page); this.root = page; this.enhance(page); }
  /** Focuses the first problem, what was focused before, or the anchor. */
  focusAfter(isOk, active, hash) {
    if (this.root.querySelector("dialog[open]")) return;
    const invalid = [...this.all("[aria-invalid=true]"), ...this.all(".gh-notice.gh-problem")];
    const section = this.byId(active?.closest("section[id]")?.id);
    const kept = this.byId(active?.id) ?? section?.querySelector("h2, h3");
    const target = isOk ? !kept && this.byId(hash.slice(1)) : (invalid[0] ?? kept);
    if (target) return focus(target, true);
    focus(kept ?? mainOf(this.root));
    if (!kept && this.root.getBoundingClientRect().top < 0) this.root.scrollIntoView();
  }
  /** Returns a notice about a failed request, with a button that repeats it. */
  failed(error, retry) {
    const kind = error.name === "TypeError" ? "offline" : "failed";
    const message = error.failure ? error.message : this.text(kind);
    this.emit("error", error.failure ?? kind, message);
    const button = create("button", { class: "gh-button", type: "button" }, this.text("retry"));
    Object.assign(button, { onclick: retry, hidden: !retry });
    const content = create("div", { class: "gh-notice-text" }, create("p", {}, message), button);
    return create("div", { class: `gh-notice gh-problem gh-${kind}`, role: "alert" }, content);
  }
  fail(error, retry) {
    for (const old of this.all(":scope > :is(.gh-skeleton, .gh-failed, .gh-offline)")) old.remove();
    this.root.prepend(this.failed(error, retry));
  }
  enhance(content) {
    const each = (selector, start) => content.querySelectorAll(selector).forEach(start);
    each("[data-poll]", (node) => this.poll(node));
    each("[data-copy]", (button) => (button.hidden = false));
    each("form[data-guard]", (form) => this.guard(form, true));
    each("[data-load]", (node) => this.fill(node, node.dataset.load));
    each("dialog[data-modal]", (dialog) => this.open(dialog));
    each("time[datetime]", showTime);
    const state = this.root.querySelector(".gh-push-state");
    const result = state && ({ done: "pushed", failed: "error" }[state.dataset.state] ?? "");
    if (result && this.result === "") this.emit(result, "push", state.textContent.trim());
    this.result = result ?? this.result;
  }
  async fill(node, address, options) {
    const turn = (node.ghTurn = {});
    node.setAttribute("aria-busy", "true");
    const failed = (error) => this.failed(error, () => this.fill(node, address, options));
    const content = await this.fragment(address, options).catch(failed);
    if (turn !== node.ghTurn) return;
    node.removeAttribute("aria-busy");
    this.put(node, [content]);
  }
  /** Loads the content of a node again and again, until it contains `data-poll-end`. */
  async poll(node) {
    let [last, failures] = [create("div", {}, ...node.cloneNode(true).childNodes), 0];
    while (node.isConnected && !node.querySelector("[data-poll-end]")) {
      const pause = Math.min(node.dataset.every * 1000 * 2 ** failures, LONGEST_PAUSE);
      await new Promise((wake) => setTimeout(wake, pause));
      const isUsed = node.querySelector("input:focus, select:focus, [data-dirty], details[open]");
      if (document.hidden || isUsed || !node.isConnected) continue;
      const fragment = await this.fragment(node.dataset.poll).catch((error) => {
        if (failures++ === 0 && node.isConnected) this.fail(error);
      });
      if (!fragment) continue;
      failures = 0;
      const next = create("div", {}, fragment);
      if (next.isEqualNode(last)) continue;
      last = next.cloneNode(true);
      const id = this.scope.activeElement?.id;
      this.put(node, next.childNodes);
      if (id && this.scope.activeElement?.id !== id) focus(this.byId(id));
    }
  }
  guard(form, isNew) {
    const isRefused = form.querySelector(".gh-invalid, .gh-notice.gh-problem");
    if (isNew && !isRefused) form.ghSaved = `${fieldsOf(form)}`;
    const isDirty = form.toggleAttribute("data-dirty", form.ghSaved !== `${fieldsOf(form)}`);
    form.querySelectorAll("[data-unsaved]").forEach((mark) => (mark.hidden = !isDirty));
  }
  filter(input) {
    const wanted = folded(input.value.trim());
    const rows = this.all(`${input.dataset.filter} [data-row]`);
    for (const row of rows) row.hidden = !folded(row.textContent).includes(wanted);
    const count = rows.filter((row) => !row.hidden).length;
    this.announce(this.text("filtered").replace("{count}", count).replace("{total}", rows.length));
  }
  click(event) {
    const target = event.target.closest("a[href], button, dialog");
    const dialog = target?.closest("dialog");
    if (dialog && (target.matches("[data-close]") || event.target.matches(".gh-drawer"))) {
      event.preventDefault();
      dialog.close();
    } else if (target?.matches("[data-copy]")) this.copy(target);
    else if (target?.matches("a")) this.follow(event, target);
  }
  follow(event, link) {
    const isModified = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    const url = new URL(link.getAttribute("href"), this.url);
    const isOurs = this.element || link.matches("[data-partial], [data-drawer], [data-more]");
    if (!isOurs || isModified || !this.isOwn(url) || link.matches("[target], [download]")) return;
    event.preventDefault();
    const anchor = pageOf(url) === pageOf(this.url) && this.byId(url.hash.slice(1));
    if (anchor) focus(anchor, true);
    else if (link.matches("[data-drawer]")) this.openDrawer(link, url);
    else if (link.matches("[data-more]")) this.more(link, url);
    else if (!this.isPosting && this.mayLeave()) this.load(url);
  }
  submit(event) {
    const { target: form, submitter } = event;
    const get = (name) => submitter?.getAttribute(`form${name}`) ?? form.getAttribute(name) ?? "";
    const method = get("method").toUpperCase() || "GET";
    if (event.defaultPrevented || method === "DIALOG") return;
    if (this.isPosting) return event.preventDefault();
    const url = new URL(get("action"), this.url);
    const into = form.closest("dialog.gh-drawer")?.querySelector("[data-load]");
    if ((this.element || into || form.matches("[data-partial]")) && this.isOwn(url)) {
      event.preventDefault();
      if (!this.mayLeave(form)) return;
      const body = fieldsOf(form, submitter);
      if (method === "GET") url.search = body;
      this.load(url, { method, form, into, ...(method === "POST" && { body }) });
    } else this.leaving = form;
    if (!submitter?.dataset.busy) return;
    submitter.ghLabel = submitter.textContent;
    submitter.textContent = submitter.dataset.busy;
    setTimeout(() => (submitter.disabled = true)); // After the browser has read the form.
  }
  release() {
    this.isPosting = this.leaving = undefined;
    this.root.removeAttribute("aria-busy");
    for (const button of this.all("[data-busy]:disabled"))
      Object.assign(button, { textContent: button.ghLabel, disabled: false });
  }
  input({ target, target: { form } }) {
    if (target.matches("[data-filter]")) this.filter(target);
    if (form?.matches("[data-guard]")) this.guard(form);
    form?.querySelectorAll("[data-bar]").forEach(draw);
    if (!form?.matches("[data-preview]")) return;
    clearTimeout(form.ghTimer);
    form.ghTimer = setTimeout(() => {
      const into = form.querySelector("[data-preview-into]");
      this.fill(into, form.dataset.preview, { method: "POST", body: fieldsOf(form) });
    }, 250);
  }
  keydown(event) {
    if (!event.target.matches("[data-handle]") || !(event.key in KEYS)) return;
    event.preventDefault();
    move(event.target, valueOf(event.target) + KEYS[event.key]);
  }
  pointerdown({ target, pointerId }) {
    target.closest("[data-handle]")?.setPointerCapture(pointerId);
  }
  pointermove({ target, pointerId, clientX }) {
    const handle = target.closest("[data-handle]");
    if (!handle?.hasPointerCapture(pointerId)) return;
    const { left, width } = handle.closest("[data-bar]").getBoundingClientRect();
    move(handle, Math.round(((clientX - left) / width) * 100));
  }
  async copy(button) {
    const { copy, copied } = button.dataset;
    try {
      await navigator.clipboard.writeText(copy);
    } catch { // A page without TLS.
      const area = create("textarea", { class: "gh-hidden" }, copy);
      button.after(area);
      area.select();
      document.execCommand("copy");
      area.remove();
      button.focus();
    }
    button.ghLabel ??= button.textContent;
    button.textContent = copied;
    this.announce(copied);
    setTimeout(() => (button.textContent = button.ghLabel), 2000);
  }
  /** Opens a dialog. Closing removes it, with the secret that it may show. */
  open(dialog, back = this.scope.activeElement) {
    const address = dialog.querySelector("a[data-close]")?.getAttribute("href");
    dialog.removeAttribute("open");
    dialog.showModal();
    dialog.onclose = () => {
      if (address) this.setAddress(new URL(address, this.url), "replaceState");
      dialog.remove();
      focus(this.root.contains(back) ? back : mainOf(this.root));
    };
  }
  openDrawer(link, url) {
    const button = { class: "gh-button gh-small gh-quiet", type: "button", "data-close": "" };
    const content = create("div", { "data-load": url, class: "gh-drawer-content" });
    const drawer = create("dialog", { class: "gh-drawer", "aria-label": link.textContent.trim() },
      create("button", button, this.text("close")), content);
    content.ghPath = url.pathname;
    this.root.append(drawer);
    this.open(drawer, link);
    this.enhance(drawer);
  }
  /** Appends the rows of the next page to the list that the link names. */
  async more(link, url) {
    const fragment = await this.fragment(url).catch((error) => this.fail(error));
    if (!fragment) return;
    const added = allOf(fragment, `${link.dataset.more} > *`);
    this.enhance(fragment);
    this.root.querySelector(link.dataset.more).append(...added);
    link.replaceWith(...fragment.querySelectorAll("a[data-more]"));
    focus(added[0]?.querySelector("a[href], button") ?? added[0]);
  }
}

// Bars with handles. The input with the name of a handle contains its value, from 0 to 100.
const inputOf = (handle) => handle.closest("form").elements[handle.dataset.handle];
const valueOf = (handle) => Number.parseFloat(inputOf(handle).value);
const edgesOf = (bar) => [0, ...allOf(bar, "[data-handle]").map(valueOf), 100];
function move(handle, wanted) {
  const bar = handle.closest("[data-bar]");
  const [edges, at] = [edgesOf(bar), allOf(bar, "[data-handle]").indexOf(handle)];
  const [least, most] = [edges[3] ? edges[at] + 1 : 0, edges[at + 3] ? edges[at + 2] - 1 : 100];
  const value = Math.min(Math.max(wanted, least), most);
  inputOf(handle).value = Math.round(value * 1000) / 1000;
  inputOf(handle).dispatchEvent(new Event("input", { bubbles: true }));
}
/** Draws the ranges between the handles, unless the inputs contain something else than scores. */
function draw(bar) {
  const edges = edgesOf(bar);
  if (edges.some((edge, at) => at > 0 && !(edge >= edges[at - 1]))) return;
  allOf(bar, "[data-handle]").forEach((handle, at) => {
    const value = `${edges[at + 1]}`;
    handle.ariaValueText = handle.ariaValueText.replace(handle.ariaValueNow, value);
    handle.ariaValueNow = value;
    handle.querySelector("svg").setAttribute("x", `${value}%`);
    handle.querySelector("text").textContent = value;
  });
  allOf(bar, "[data-range]").forEach((range, at) => {
    range.setAttribute("x", `${edges[at]}%`);
    range.setAttribute("width", `${edges[at + 1] - edges[at]}%`);
  });
}
/** Shows a time relative to now, with the exact time in the user's zone as its title. */
function showTime(time) {
  const at = new Date(time.dateTime);
  if (!(at > 0)) return;
  const language = time.closest("[lang]")?.lang || undefined;
  const seconds = (at - Date.now()) / 1000;
  const [unit, size] = UNITS.findLast(([, from]) => Math.abs(seconds) >= from) ?? ["second", 60];
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const date = at.toLocaleDateString(language, { dateStyle: "medium" });
  time.title = at.toLocaleString(language, { dateStyle: "long", timeStyle: "long" });
  time.textContent = unit === "date" ? date : relative.format(Math.trunc(seconds / size), unit);
}
const PAGES = {
  "greenhouse-settings": (own) => own.getAttribute("tab") ?? "assessments",
  "greenhouse-activity": () => "activity",
  "greenhouse-push": (own) => `button/${encodeURIComponent(own.getAttribute("assessment"))}`,
};
/** A custom element that shows pages of the console. */
class Embedded extends HTMLElement {
  static observedAttributes = ["src", "tab", "assessment"];
  connectedCallback() {
    const base = (this.getAttribute("src") ?? "").replace(/\/$/, "");
    const shadow = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    const style = create("link", { rel: "stylesheet", href: `${base}/${STYLE}` });
    const root = create("div", { class: "gh" }, create("div", { class: "gh-skeleton" }));
    shadow.replaceChildren(style, create("div", {}, root));
    views.delete(this.view);
    const page = `${base}/${PAGES[this.localName](this)}`;
    const view = (this.view = new View(root, page, base, this));
    style.onload = style.onerror = () => view.load(view.url);
  }
  disconnectedCallback() { views.delete(this.view); }
  attributeChangedCallback() { if (this.view && this.isConnected) this.connectedCallback(); }
}
for (const name of Object.keys(PAGES))
  if (!customElements.get(name)) customElements.define(name, class extends Embedded {});
const page = document.querySelector(".gh-document .gh");
if (page) {
  const view = new View(page, location.href, new URL(".", import.meta.url).pathname.slice(0, -1));
  view.enhance(page);
  if (page.querySelector("[aria-invalid=true]")) view.focusAfter(false, null, "");
  addEventListener("popstate", () => pageOf(location) === pageOf(view.url) || location.reload());
}
addEventListener("beforeunload", (event) =>
  [...views].some((view) => view.isDirty(view.leaving)) && event.preventDefault());
setInterval(() => views.forEach((view) => view.all("time[datetime]").forEach(showTime)), 60_000);
