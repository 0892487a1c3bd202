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
try { policy = trustedTypes.createPolicy("greenhouse", { createHTML: String }); } catch {}
/** Parses HTML of the console. Inside a template, rows of a table are valid too. */
function parse(text) {
  const html = `<template>${text}</template>`;
  const parsed = new DOMParser().parseFromString(policy?.createHTML(html) ?? html, "text/html");
  const { content } = parsed.querySelector("template");
  for (const node of allOf(content, "script, link, style, title, meta")) node.remove();
  return content;
}
function set(node, attributes, ...content) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...content);
  return node;
}
const create = (tag, ...rest) => set(document.createElement(tag), ...rest);
function focus(node, isFar) {
  for (let up = node; up && isFar; up = up.parentElement) if ("open" in up) up.open = true;
  if (isFar) node.scrollIntoView();
  if (node?.tabIndex < 0) node.setAttribute("tabindex", "-1");
  node?.focus({ preventScroll: true });
}
const relabel = (button, text) => Object.assign(button,
  { ghLabel: (button.ghLabel ??= button.textContent), textContent: text ?? button.ghLabel });
const topOf = (node) => (node?.form ?? node)?.getBoundingClientRect().top; // A button may stick.
const forget = (input) => input.value && Object.assign(input, { value: "", required: true });
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
  async request(address, body) {
    const headers = { "x-greenhouse-fragment": "1" };
    const response = await fetch(address, { headers, mode: "same-origin",
      signal: AbortSignal.timeout(TIMEOUT), ...(body && { method: "POST", body }) });
    const content = parse(await response.text());
    for (const main of this.element ? allOf(content, "main") : []) // The host's page has its own.
      main.replaceWith(create("div", { id: main.id, tabindex: "-1" }, ...main.childNodes));
    this.root.querySelector(":scope > .gh-offline")?.remove();
    return { response, content, page: content.querySelector(".gh") };
  }
  /** Loads a part of a page. A whole page is reduced to its content. */
  async fragment(address, body) {
    const { response, content, page } = await this.request(address, body);
    if (response.status === 401 && page && !this.isDirty()) this.replace(page);
    if (!response.ok || !this.isOwn(new URL(response.url)))
      throw failure(`http_${response.status}`, textOf(content) || this.text("failed"));
    return set(new DocumentFragment(), {}, ...mainOf(page ?? content).childNodes);
  }
  /** Loads a page and shows it instead of the present one, or in the drawer that asked for it. */
  async load(url, { body, form, into, near } = {}) {
    const turn = (this.turn = {});
    const active = form && this.scope.activeElement;
    this.isPosting = Boolean(body);
    this.root.setAttribute("aria-busy", "true");
    const { response, page, lost } = await this.request(url, body).catch((lost) => ({ lost }));
    if (turn !== this.turn) return;
    this.isPosting = false;
    this.root.removeAttribute("aria-busy");
    const error = lost ?? failure(`http_${response.status}`, this.text("failed"));
    const isSignedOut = body && response?.status === 401;
    if (isSignedOut) allOf(form, "[type=password]").forEach(forget);
    if (isSignedOut || !page) return this.fail(error, !body && (() => this.load(url)), near, page);
    const shown = Object.assign(new URL(response.url), { hash: url.hash });
    const saved = shown.searchParams.get("saved");
    const told = textOf(page.querySelector(".gh-result") ?? page);
    const code = page.querySelector("[data-code]")?.dataset.code ?? `http_${response.status}`;
    if (!response.ok || saved) this.emit(saved ? "saved" : "error", saved ?? code, told);
    if (into?.isConnected && response.ok && shown.href.startsWith(into.dataset.load))
      return this.put(into, mainOf(page).childNodes);
    shown.hash ||= saved ?? "";
    shown.searchParams.delete("saved");
    const top = topOf(this.counterpart(active));
    this.replace(page);
    const isMoved = !body || response.redirected;
    if (isMoved) this.url = shown;
    if (isMoved && !this.element)
      history[shown.href === location.href ? "replaceState" : "pushState"](null, "", shown);
    if (!this.element) document.title = this.root.dataset.title;
    this.focusAfter(response.ok, this.counterpart(active), shown.hash, top);
    if (response.ok) this.announce(told);
  }
  put(node, content) { node.replaceChildren(...content); this.enhance(node); }
  replace(page) { this.root.replaceWith(page); this.root = page; this.enhance(page); }
  /** Finds what had the focus on a new page: the same field or button, or the drawer's link. */
  counterpart(active) {
    const own = active?.form?.getAttribute("action");
    const same = this.all(`form[action="${own}"] [type=submit], a[data-drawer][href="${own}"]`);
    const section = this.byId(active?.closest("section[id]")?.id);
    const all = [this.byId(active?.id), ...same.reverse(), section?.querySelector("h2, h3")];
    return all.find((node) => node?.checkVisibility() && !node.closest("dialog"));
  }
  /** Focuses the first problem, what was focused before, which stays in place, or the anchor. */
  focusAfter(isOk, kept, hash, top) {
    if (this.root.querySelector("dialog[open]")) return;
    const invalid = [...this.all("[aria-invalid=true]"), ...this.all(".gh-notice.gh-problem")];
    const target = isOk ? !kept && this.byId(hash.slice(1)) : invalid[0];
    if (target) return focus(target, true);
    focus(kept ?? mainOf(this.root));
    if (kept) scrollBy(0, topOf(kept) - top);
    else if (this.root.getBoundingClientRect().top < 0) this.root.scrollIntoView();
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
  fail(error, retry, near, page) {
    const failed = this.failed(error, retry);
    for (const old of [this.notice, ...this.all(":scope > .gh-skeleton")]) old?.remove();
    this.notice = page?.querySelector(".gh-notice") ?? failed;
    this.all("[data-busy]").forEach((button) => relabel(button));
    near ? near.before(this.notice) : this.root.prepend(this.notice);
  }
  enhance(content) {
    const each = (selector, start) => content.querySelectorAll(selector).forEach(start);
    each("[data-poll]", (node) => this.poll(node));
    each("[data-copy]", (button) => (button.hidden = false));
    each("form[data-guard]", (form) => this.guard(form, true));
    each("[data-load]", (node) => this.fill(node, node.dataset.load));
    each("dialog[data-modal]", (dialog) => this.open(dialog));
    each("time[datetime]", showTime);
    each(".gh-entry", ({ dataset: { entry } }) => // Its row may have changed with it.
      this.all(`tr[data-entry="${entry}"]`).forEach((row) => set(row, { "data-pending": "" })));
    const state = this.root.querySelector("[data-result]");
    const result = state?.dataset.result ?? this.result;
    if (result && this.result === "") this.emit(result, "push", state.textContent.trim());
    this.result = result;
  }
  async fill(node, address, body) {
    const turn = (node.ghTurn = {});
    node.setAttribute("aria-busy", "true");
    const failed = (error) => this.failed(error, () => this.fill(node, address, body));
    const content = await this.fragment(address, body).catch(failed);
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
      const ids = allOf(node, "[data-pending]").map((row) => row.dataset.entry);
      const isFinal = node.matches("[data-rows]") && !ids[0];
      if (document.hidden || isUsed || isFinal || !node.isConnected) continue;
      const failed = (error) => void (node.isConnected && !failures++ && this.fail(error));
      const fragment = await this.fragment(node.dataset.poll + ids).catch(failed);
      if (!fragment) continue;
      failures = 0;
      if (ids[0]) this.update(node, fragment.children);
      const next = create("div", {}, fragment);
      if (ids[0] || next.isEqualNode(last)) continue;
      last = next.cloneNode(true);
      const active = node.contains(this.scope.activeElement) && this.scope.activeElement;
      this.put(node, next.childNodes);
      if (active) focus(this.counterpart(active));
    }
  }
  /** Shows what has changed in the rows of a list. Their links stay, and so does the focus. */
  update(list, rows) {
    for (const row of rows) {
      const old = list.querySelector(`[data-entry="${row.dataset.entry}"]`);
      old.toggleAttribute("data-pending", row.matches("[data-pending]"));
      const next = allOf(row, "[data-live]");
      allOf(old, "[data-live]").forEach((node, at) => node.textContent === next[at].textContent
        || node.replaceChildren(...next[at].childNodes));
    }
  }
  guard(form, init) {
    if (init && form.dataset.guard !== "kept") form.ghSaved = fieldsOf(form) + "";
    form.toggleAttribute("data-dirty", form.ghSaved !== fieldsOf(form) + "");
  }
  filter({ value, dataset }) {
    const rows = this.all(`${dataset.filter} [data-row]`);
    for (const row of rows) row.hidden = !folded(row.textContent).includes(folded(value.trim()));
    const count = rows.filter((row) => !row.hidden).length;
    this.announce(this.text("filtered").replace("{count}", count).replace("{total}", rows.length));
  }
  click(event) {
    const target = event.target.closest("a[href], button, dialog");
    const dialog = target?.closest("dialog");
    if (dialog && (target.matches("[data-close]") || event.target.matches(".gh-drawer")))
      this.close(dialog, event);
    else if (target?.matches("[data-copy]")) this.copy(target);
    else if (target?.matches("a")) this.follow(event, target);
  }
  follow(event, link) {
    const isModified = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    const url = new URL(link.getAttribute("href"), this.url);
    const isOurs = this.element || link.matches("[data-partial], [data-drawer], [data-more]");
    if (!isOurs || isModified || !this.isOwn(url) || link.matches("[target], [download]")) return;
    event.preventDefault();
    const isHere = pageOf(url) === pageOf(this.url) && !link.matches("[data-partial]");
    const anchor = isHere && this.byId(url.hash.slice(1));
    if (anchor) focus(anchor, true);
    else if (link.matches("[data-drawer]")) this.openDrawer(link, url);
    else if (link.matches("[data-more]")) this.more(link, url);
    else if (!this.isPosting && this.mayLeave()) this.load(url);
  }
  submit(event) {
    const { target: form, submitter } = event;
    if (event.defaultPrevented || form.method === "dialog") return;
    if (this.isPosting) return event.preventDefault();
    const action = submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? "";
    const url = new URL(action, this.url);
    const into = form.closest("dialog.gh-drawer")?.querySelector("[data-load]");
    if ((this.element || into || form.matches("[data-partial]")) && this.isOwn(url)) {
      event.preventDefault();
      if (!this.mayLeave(form)) return;
      const fields = fieldsOf(form, submitter);
      if (form.method === "get") url.search = fields;
      this.load(url, { form, into, near: submitter, body: form.method === "post" && fields });
    }
    if (submitter?.dataset.busy) relabel(submitter, submitter.dataset.busy);
  }
  input({ target, target: { form } }) {
    if (target.matches("[data-filter]")) this.filter(target);
    if (form?.matches("[data-guard]")) this.guard(form);
    form?.querySelectorAll("[data-bar]").forEach(draw);
    if (!form?.matches("[data-preview]")) return;
    clearTimeout(form.ghTimer);
    form.ghTimer = setTimeout(() => this.fill(form.querySelector("[data-preview-into]"),
      form.dataset.preview, fieldsOf(form)), 250);
  }
  keydown(event) {
    const dialog = event.key === "Escape" && event.target.closest("dialog:modal");
    if (dialog) return this.close(dialog, event);
    if (!event.target.matches("[data-handle]") || !(event.key in KEYS)) return;
    event.preventDefault();
    move(event.target, valueOf(event.target) + KEYS[event.key]);
  }
  pointerdown({ target, pointerId: id }) { target.closest("[data-handle]")?.setPointerCapture(id); }
  pointermove({ target, pointerId, clientX }) {
    if (!target.matches("[data-handle]") || !target.hasPointerCapture(pointerId)) return;
    const { left, width } = target.closest("[data-bar]").getBoundingClientRect();
    move(target, Math.round(((clientX - left) / width) * 100));
  }
  async copy(button) {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch { // A page without TLS.
      getSelection().selectAllChildren(button.previousElementSibling);
      document.execCommand("copy");
    }
    relabel(button, button.dataset.copied);
    this.announce(button.textContent);
    setTimeout(() => relabel(button), 2000);
  }
  /** Opens a dialog. Closing removes it, with the secret that it may show. */
  open(dialog, back = this.scope.activeElement) {
    dialog.removeAttribute("open");
    dialog.showModal();
    dialog.oncancel = (event) => this.close(dialog, event);
    dialog.onclose = () => {
      dialog.remove();
      focus(this.root.contains(back) ? back : mainOf(this.root));
    };
  }
  /** Closes a dialog, unless its user wants to keep what was changed in it. */
  close(dialog, event) {
    event.preventDefault();
    const isChanged = dialog.querySelector("form:is([data-dirty], [data-changed])");
    if (!isChanged || confirm(this.text("leave"))) dialog.close();
  }
  openDrawer(link, url) {
    const button = { class: "gh-button gh-small gh-quiet", type: "button", "data-close": "" };
    const drawer = create("dialog", { class: "gh-drawer", "aria-label": link.textContent.trim() },
      create("button", button, this.text("close")),
      create("div", { "data-load": url, class: "gh-drawer-content" }));
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
const inputOf = (handle) => handle.closest("form").elements[handle.dataset.handle]; // 0 to 100
const valueOf = (handle) => Number.parseFloat(inputOf(handle).value);
const edgesOf = (bar) => [0, ...allOf(bar, "[data-handle]").map(valueOf), 100];
function move(handle, wanted) {
  const bar = handle.closest("[data-bar]");
  const [edges, at] = [edgesOf(bar), allOf(bar, "[data-handle]").indexOf(handle)];
  const [least, most] = [edges[3] ? edges[at] + 1 : 0, edges[at + 3] ? edges[at + 2] - 1 : 100];
  inputOf(handle).value = Math.round(Math.min(Math.max(wanted, least), most) * 1000) / 1000;
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
    set(handle.querySelector("svg"), { x: `${value}%` });
    handle.querySelector("text").textContent = value;
  });
  allOf(bar, "[data-range]").forEach((range, at) =>
    set(range, { x: `${edges[at]}%`, width: `${edges[at + 1] - edges[at]}%` }));
}
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
class Embedded extends HTMLElement {
  static observedAttributes = ["src", "tab", "assessment"];
  connectedCallback() {
    const base = (this.getAttribute("src") ?? "").replace(/\/$/, "");
    const shadow = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    const style = create("link", { rel: "stylesheet", href: `${base}/${STYLE}` });
    const root = create("div", { class: "gh" }, create("div", { class: "gh-skeleton" }));
    shadow.replaceChildren(style, create("div", {}, root));
    views.delete(this.view);
    const view = (this.view = new View(root, `${base}/${PAGES[this.localName](this)}`, base, this));
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
  [...views].some((view) => view.isDirty()) && event.preventDefault());
setInterval(() => views.forEach((view) => view.all("time[datetime]").forEach(showTime)), 60_000);
