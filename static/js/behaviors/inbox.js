// The inbox: which conversation is open is marked in the list; a thread is read at its end; what is seen counts as read;
// an answer that is being written survives going to another conversation, and loading the page anew: in this tab, for its
// session (signing out clears it) and for whoever wrote it; what was taken back stands in the form again.
const page = document.querySelector("[data-inbox]");
const thread = document.getElementById("thread");
const whose = `answer ${document.body.dataset.viewer} `;
const WRITTEN = ["body", "subject", "template_key"];
const sent = new WeakSet(); // forms whose words are on their way
let shown = "";
let wasAtEnd = true;

const form = () => thread.querySelector("[data-answer]");
const body = () => thread.querySelector("[data-answer-body]");
const scroller = () => thread.querySelector("[data-talk-scroll]");
const csrf = () => JSON.parse(document.body.getAttribute("hx-headers:inherited") ?? "{}")["X-CSRFToken"] ?? "";
const links = () => [...page.querySelectorAll(".talk > a")];

function mark() {
  for (const link of links()) {
    if (link.pathname === location.pathname) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  page.classList.toggle("opened", Boolean(thread.querySelector(".talk-open")));
}

const toEnd = () => { const place = scroller(); if (place) place.scrollTop = place.scrollHeight; };
const isAtEnd = () => { const place = scroller(); return !place || place.scrollHeight - place.scrollTop - place.clientHeight < 80; };

async function markRead() {
  const note = thread.querySelector("[data-mark-read]");
  if (!note || note.dataset.sent || document.visibilityState !== "visible") return;
  note.dataset.sent = "1";
  links().find((link) => link.pathname === location.pathname)?.closest("li").classList.remove("unread");
  try {
    await fetch(note.dataset.markRead, { method: "POST", headers: { "X-CSRFToken": csrf(), "HX-Request": "true" } });
  } catch {
    delete note.dataset.sent; // no connection: the next look will do
  }
}

// A morph may bring a newer message under the same mark.
const seen = () => {
  const note = thread.querySelector("[data-mark-read]");
  if (note && note.dataset.upto !== note.dataset.was) { delete note.dataset.sent; note.dataset.was = note.dataset.upto; }
  markRead();
};

const read = (hers) => { try { return JSON.parse(sessionStorage.getItem(whose + hers.id)); } catch { return null; } };
const write = (hers, kept) => { try { if (kept) sessionStorage.setItem(whose + hers.id, JSON.stringify(kept)); else sessionStorage.removeItem(whose + hers.id); } catch { /* then it lasts as long as the form */ } };
const written = (hers) => ({ ...Object.fromEntries(WRITTEN.map((name) => [name, hers.elements[name]?.value ?? ""])), channel: hers.dataset.to ?? hers.elements.channel.value });
const keep = (hers) => { if (!sent.has(hers)) write(hers, hers.elements.body?.value ? written(hers) : null); };

function restore() {
  const hers = form();
  if (!body()) return;
  if (body().value) return keep(hers); // such as a template's words
  const kept = read(hers);
  if (!kept) return;
  const other = kept.channel === hers.elements.channel.value ? null : hers.querySelector(`[name=switch][value="${kept.channel}"]`);
  for (const name of WRITTEN) if (kept[name]) hers.elements[name].value = kept[name];
  body().dispatchEvent(new Event("input", { bubbles: true }));
  other?.click();
}

function putBack(place) {
  const words = place.querySelector("[data-words]").textContent;
  body().value = body().value ? `${body().value}\n\n${words}` : words;
  place.remove();
  body().focus();
  body().dispatchEvent(new Event("input", { bubbles: true }));
}

function opened() {
  const now = thread.firstElementChild?.id ?? "";
  const title = thread.querySelector("[data-talk-title]");
  if (now !== shown) {
    const before = shown;
    shown = now;
    wasAtEnd = true;
    if (title && document.body.dataset.settled) title.focus({ preventScroll: true });
    else if (before && !title) (links().find((link) => link.closest("li").id === next) ?? links()[0])?.focus();
  }
  const taken = thread.querySelector("[data-taken-back]");
  if (taken && body() && !body().value) putBack(taken);
  restore();
  if (wasAtEnd) toEnd();
  mark();
  seen();
  grow();
  intoMenu();
}

// What a menu offers may come after it was opened by its key: then the focus is still on its way.
function intoMenu() {
  if (document.activeElement !== document.body) return;
  thread.querySelector(".talk-head details[open] .menu-list :is(button, a)")?.focus();
}

// Which row comes after the one that is being put away: the focus goes there.
let next = "";
document.addEventListener("submit", (event) => {
  const row = event.target.closest?.(".talk-head") && links().find((link) => link.matches("[aria-current]"))?.closest("li");
  if (row) next = (row.nextElementSibling ?? row.previousElementSibling)?.id ?? "";
}, true);

const grow = () => {
  const field = body();
  if (!field || CSS.supports("field-sizing", "content")) return;
  field.style.blockSize = "auto";
  field.style.blockSize = `${Math.min(field.scrollHeight, innerHeight * 0.4)}px`;
};

if (page && thread) {
  document.addEventListener("input", (event) => {
    const hers = event.target.closest?.("[data-answer]");
    if (!hers) return;
    keep(hers);
    grow();
  });
  document.addEventListener("htmx:before:swap", () => { wasAtEnd = isAtEnd(); });
  document.addEventListener("htmx:after:request", (event) => {
    const ctx = event.detail?.ctx;
    const hers = ctx?.sourceElement;
    if (!hers?.matches?.("[data-answer]") || !(ctx.response?.status < 400)) return;
    // What was typed on while the answer was awaited goes into the form that takes this one's place.
    const [given, words] = [ctx.request.body.get("body"), hers.elements.body.value];
    const rest = words.startsWith(given) ? words.slice(given.length).trimStart() : "";
    write(hers, rest ? { ...written(hers), body: rest, template_key: "" } : null);
    sent.add(hers);
  });
  document.addEventListener("htmx:after:swap", opened);
  document.addEventListener("htmx:after:history:push", mark);
  document.addEventListener("visibilitychange", markRead);
  document.addEventListener("click", (event) => {
    const way = event.target.closest?.("[data-answer] [name=switch]");
    if (way) way.form.dataset.to = way.value; // for what is typed until its form is here
    const button = event.target.closest?.("[data-put-back]");
    if (button) putBack(button.closest("[data-taken-back]"));
  });
  // Escape leaves the answer, so that the next key is an act; once more goes back to the list.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open], #drawer > *")) return;
    if (event.target.closest?.("[data-answer]")) thread.querySelector("[data-talk-title]")?.focus();
    else if (thread.contains(event.target)) links().find((link) => link.matches("[aria-current]"))?.focus();
  });
  opened();
  document.body.dataset.settled = "1";
  page.dataset.ready = "1";
}
