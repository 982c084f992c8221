// One event stream per page tells what changed, never how: {"topics": ["lead-42"]} or {"resync": true}. Every element whose
// data-live names a changed topic gets a "refresh" event and fetches itself with its viewer's own rights (hx-trigger="refresh").
// Nothing is refreshed under a person's hands: not over a typed-in form, an open question about what they wrote (both
// data-dirty), a form opened in place (data-editing), a focused field, a drag or a press. Those wait their turn; so does an
// answer that was under way when the hand came down.
import { isPressed } from "./pressing.js";

const MOST = 300; // rows; a longer list rather stays as it is
const WAIT = 60; // ms: one change often touches several topics at once
const address = document.body.dataset.stream;
const topics = new Set();
const waiting = new Set();
let everything = false;
let timer = 0;
let broken = false;
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

const connect = () => {
  const stream = new EventSource(address);
  stream.onmessage = hear;
  stream.addEventListener("resync", () => { everything = true; soon(); });
  stream.onopen = () => {
    document.documentElement.dataset.connection = "open";
    if (!broken) return;
    broken = false; // whatever happened while nobody listened
    everything = true;
    soon();
  };
  stream.onerror = () => {
    broken = true;
    document.documentElement.dataset.connection = "lost";
    // The browser tries again by itself unless the answer was a refusal; then we do, slowly and not all at once.
    if (stream.readyState === EventSource.CLOSED) setTimeout(connect, 5000 + Math.random() * 5000);
  };
  addEventListener("pagehide", () => stream.close(), { once: true });
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
  addEventListener("pageshow", (event) => { if (event.persisted) { broken = true; connect(); } });
  document.addEventListener("focusout", () => setTimeout(retry, 50));
  for (const done of ["clean", "lifted", "htmx:after:swap"]) document.addEventListener(done, () => setTimeout(retry, 50));
  new MutationObserver(() => {
    if (document.body.dataset.dragging) grasps += 1;
    retry();
  }).observe(document.body, { attributes: true, attributeFilter: ["data-dragging"] });
}
