// My day: the lead on the screen is held against others while the page is open and let go when it is left; the queue is
// asked for again when the next act falls due; what was written about one lead is there again when it comes back.
const RENEW = 180_000; // ms; a claim holds for ten minutes
const LONGEST = 2_000_000_000; // ms; what a browser's timer can count
const drafts = new Map();
let timer = 0;

const day = () => document.getElementById("day");
const held = () => document.querySelector("#day[data-day-held]");
const csrf = () => JSON.parse(document.body.getAttribute("hx-headers:inherited") ?? "{}")["X-CSRFToken"] ?? "";

async function renew() {
  const place = held();
  if (!place) return;
  const address = place.dataset.dayHeld;
  let answer;
  try {
    answer = await fetch(address, { method: "POST", headers: { "X-CSRFToken": csrf(), "HX-Request": "true" } });
  } catch {
    return; // no connection: the next time will do
  }
  const words = (await answer.text()).trim();
  const now = held();
  if (now?.dataset.dayHeld !== address) return;
  if (answer.ok) now.dataset.dayUntil = words;
  else if (answer.status === 409) {
    delete now.dataset.dayHeld;
    const note = now.querySelector("[data-day-lost]");
    if (note) Object.assign(note, { hidden: false, textContent: `${words} Whatever you write is kept with the lead all the same.` });
  }
}

function letGo() {
  const place = held();
  if (!place) return;
  const form = new FormData();
  form.set("csrf_token", csrf());
  form.set("until", place.dataset.dayUntil);
  navigator.sendBeacon(place.dataset.dayRelease, form);
}

// A "refresh" event makes the element ask for itself again; live.js does the same when it hears of a change, and like it
// this waits while somebody writes.
function watchClock() {
  clearTimeout(timer);
  const next = Date.parse(day()?.dataset.dayNext ?? "");
  if (Number.isNaN(next)) return;
  timer = setTimeout(() => {
    if (day()?.querySelector("[data-dirty]")) return watchLater();
    day()?.dispatchEvent(new CustomEvent("refresh", { bubbles: false }));
  }, Math.min(Math.max(next - Date.now(), 0) + 1500, LONGEST));
}
const watchLater = () => { timer = setTimeout(watchClock, 15_000); };

const field = () => document.getElementById("day-words");
function restore() {
  const words = field();
  const kept = words && drafts.get(words.form.id);
  if (!kept || words.value) return;
  words.value = kept;
  words.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("input", (event) => {
  if (event.target === field()) drafts.set(event.target.form.id, event.target.value);
});
document.addEventListener("htmx:after:request", (event) => {
  const ctx = event.detail?.ctx;
  if (ctx?.sourceElement?.matches?.(".day-outcomes") && ctx.response?.status < 400) drafts.delete(ctx.sourceElement.id);
});
// Asked for again by the page itself: it may be left before the answer is here, and has to let go of what it was told.
document.addEventListener("htmx:config:request", (event) => {
  const { sourceElement, sourceEvent, request } = event.detail.ctx;
  if (sourceEvent?.type === "refresh" && sourceElement === held()) request.body.set("until", sourceElement.dataset.dayUntil);
});
document.addEventListener("htmx:after:swap", () => { if (day()) { restore(); watchClock(); } });
// Escape leaves the note, so that the next key is an outcome.
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.closest?.(".day-outcomes")) document.querySelector(".day-who h2")?.focus();
});
// Dialling is not leaving, whatever the browser thinks of tel: addresses.
document.addEventListener("click", (event) => {
  const form = event.target.closest?.("a[href^='tel:']") && field()?.form;
  if (!form) return;
  form.dataset.leaving = "";
  setTimeout(() => delete form.dataset.leaving, 1000);
});
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") renew(); });
addEventListener("pagehide", letGo);
addEventListener("pageshow", (event) => { if (event.persisted) renew(); });
setInterval(renew, RENEW);
watchClock();
