// One event stream per page tells what changed, never how: {"topics": ["lead-42"]} or {"resync": true}. Every element whose
// data-live names a changed topic gets a "refresh" event and fetches itself with its viewer's own rights (hx-trigger="refresh").
// Nothing is refreshed under a person's hands: not over a typed-in form, an open question about what they wrote (both
// data-dirty), a form opened in place (data-editing), a focused field, a drag or a press. Those wait their turn; so does an
// answer that was under way when the hand came down.
import { isPressed } from "./pressing.js";

const MOST = 300; // rows; a longer list rather stays as it is
const WAIT = 60; // ms: one change often touches several topics at once
const SILENCE = 40_000; // ms
const address = document.body.dataset.stream;
const topics = new Set();
const waiting = new Set();
let everything = false;
let timer = 0;
let told = ""; // the id of the last event
let late = false; // a page that was never told anything, and can't say since when it missed what
let grasps = 0; // how often a card was taken in hand or sent on its way
const askedAt = new WeakMap(); // element -> the grasps until then

const listens = (element, changed) => element.dataset.live.split(/\s+/).some((topic) => changed.has(topic));

// A part that a morph leaves alone ([hx-morph-skip]) lives by itself: it neither waits for what is around it nor holds it up.
const apart = (part, whole) => {
  const skipped = part.closest("[hx-morph-skip]");
  return Boolean(skipped) && skipped !== whole && whole.contains(skipped);
};

const inUse = (element) => {
  if (document.body.dataset.dragging || isPressed()) return true;
  const hers = "[data-dirty], [data-editing]";
  if (element.matches(hers) || [...element.querySelectorAll(hers)].some((part) => !apart(part, element))) return true;
  const active = document.activeElement;
  return element.contains(active) && !apart(active, element) && active.matches("input:not([type=checkbox]):not([type=radio]):not([type=submit]), textarea, select");
};

const refresh = (element) => {
  if (!element.isConnected) return waiting.delete(element);
  if (inUse(element)) return waiting.add(element);
  waiting.delete(element);
  return element.dispatchEvent(new CustomEvent("refresh", { bubbles: false }));
};

// A part inside another that is refreshed as well comes with it.
const outermost = (elements) => elements.filter((one) => !elements.some((other) => other !== one && other.contains(one) && !apart(one, other) && !inUse(other)));

const flush = () => {
  timer = 0;
  const all = [...document.querySelectorAll("[data-live]")];
  const hit = everything ? all : all.filter((element) => listens(element, topics));
  everything = false;
  topics.clear();
  for (const element of outermost(hit)) refresh(element);
};

const soon = () => { timer ||= setTimeout(flush, WAIT); };

const retry = () => { if (waiting.size) for (const element of outermost([...waiting])) refresh(element); };

const hear = (message) => {
  let change;
  try {
    change = JSON.parse(message.data);
  } catch {
    return;
  }
  if (change.resync) everything = true;
  for (const topic of change.topics ?? []) topics.add(topic);
  document.dispatchEvent(new CustomEvent("live", { detail: change }));
  soon();
};

// A page that comes back says what it was told last, and hears what it missed: the browser does so when a connection breaks,
// we do for a page that was left, an answer that was a refusal, and a line that is dead without a word (the stream has a
// pulse every 15 s).
let again = 0; // when it connects next
let leave = () => {};
const connect = () => {
  clearTimeout(again); // a page that was left before it came to that, and is back
  const stream = new EventSource(told ? `${address}&told=${told}` : address);
  let heardAt = Date.now();
  const note = (event) => {
    heardAt = Date.now();
    told = event.lastEventId || told;
  };
  const end = (wait) => {
    clearInterval(watch);
    stream.close();
    late ||= !told;
    document.documentElement.dataset.connection = "lost";
    if (wait !== undefined) again = setTimeout(connect, wait);
  };
  const watch = setInterval(() => { if (Date.now() - heardAt > SILENCE) end(0); }, SILENCE / 4);
  stream.addEventListener("pulse", note);
  stream.onmessage = (message) => { note(message); hear(message); };
  stream.onopen = () => {
    heardAt = Date.now();
    document.documentElement.dataset.connection = "open";
    if (!late) return;
    late = false;
    everything = true;
    soon();
  };
  stream.onerror = () => {
    document.documentElement.dataset.connection = "lost";
    late ||= !told;
    // The browser tries again by itself unless the answer was a refusal; then we do, slowly and not all at once.
    if (stream.readyState === EventSource.CLOSED) end(5000 + Math.random() * 5000);
  };
  leave = end;
};

// An answer asked for before a card was taken knows nothing of where it was put.
const isLate = (element) => inUse(element) || (askedAt.get(element) ?? grasps) !== grasps;

// A list that grew while its person went on in it (data-rows: what its rows are) asks for all that is shown, or the rest
// would be gone and the place lost.
const askForAll = (event) => {
  const { sourceElement: list, sourceEvent, request } = event.detail.ctx;
  const rows = sourceEvent?.type === "refresh" && list.dataset.rows ? list.querySelectorAll(list.dataset.rows).length : 0;
  if (rows > MOST) event.preventDefault();
  else if (rows) request.body.set("shown", rows);
};

if (address && "EventSource" in window) {
  connect();
  document.addEventListener("htmx:config:request", askForAll);
  document.addEventListener("refresh", (event) => askedAt.set(event.target, grasps), true);
  document.addEventListener("htmx:before:swap", (event) => {
    const { sourceElement: element, sourceEvent } = event.detail?.ctx ?? {};
    if (sourceEvent?.type !== "refresh" || !element?.isConnected || !isLate(element)) return;
    event.preventDefault();
    waiting.add(element);
    setTimeout(retry, 50);
  });
  addEventListener("pagehide", () => leave());
  addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
  document.addEventListener("focusout", () => setTimeout(retry, 50));
  for (const done of ["clean", "lifted", "htmx:after:swap"]) document.addEventListener(done, () => setTimeout(retry, 50));
  new MutationObserver(() => {
    if (document.body.dataset.dragging) grasps += 1;
    retry();
  }).observe(document.body, { attributes: true, attributeFilter: ["data-dragging"] });
}
