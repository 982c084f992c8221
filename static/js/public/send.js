// Sends the form, and keeps trying by itself while the line is gone. The token in it makes a second arrival harmless.
import { forget, keep } from "./keep.js";
import { proven } from "./proving.js";

const PATIENCE = 30_000;
const WITH_PHOTOS = 180_000;
const WAITS = [2, 4, 8, 15, 30, 60]; // seconds; the last one again and again
const OFFLINE = "You seem to be offline. Nothing is lost: we keep trying and send it by ourselves as soon as you are back.";
const BROKEN = "That did not work, and it was not you. Nothing is lost: we try again by ourselves in a moment.";
const REFUSED = "That can’t be taken, and it was not you. What you typed is still here. Please try again later, or ring us.";
const BUSY = [429, 502, 503, 504];

const tries = new WeakMap();

// `page` is { step, isLast, answered, tellHeight }: where the form stands, and what takes the server's page in.
export async function send(form, button, page) {
  const note = form.querySelector("[data-send-note]");
  const words = (button.dataset.words ??= button.textContent);
  calm(form);
  form.setAttribute("aria-busy", "true");
  button.textContent = "Sending…";
  keep(form, page.step(), true);
  let problem;
  try {
    await photosMade(form);
    await proven(form);
    const body = new FormData(form);
    const photos = [...body.values()].some((value) => value instanceof File && value.size);
    const response = await fetch(form.action, {
      method: "POST", body: photos ? body : plain(body), signal: within(photos ? WITH_PHOTOS : PATIENCE),
    });
    if (response.redirected) {
      forget(form.dataset.leadForm);
      location.replace(response.url);
      return;
    }
    // Its style is this page's own, and under a nonce that is not.
    const answer = (await response.text()).replace(/<style[^>]*>[^<]*<\/style>/, "");
    if (page.answered(new DOMParser().parseFromString(answer, "text/html"))) return;
    if (response.status < 500 && !BUSY.includes(response.status)) return explain(REFUSED, false);
    problem = response.status === 429 ? answer : BROKEN;
  } catch {
    problem = OFFLINE;
  }
  explain(problem, true);

  function explain(message, goesOn) {
    form.removeAttribute("aria-busy");
    button.textContent = goesOn ? "Try now" : words;
    if (note.textContent !== message) note.textContent = message;
    note.hidden = false;
    page.tellHeight();
    if (goesOn) tryAgain();
  }

  function tryAgain() {
    const count = tries.get(form)?.count ?? 0;
    const again = () => {
      if (form.isConnected && page.isLast() && form.getAttribute("aria-busy") !== "true") send(form, button, page);
    };
    const timer = setTimeout(again, WAITS[Math.min(count, WAITS.length - 1)] * 1000);
    addEventListener("online", again, { once: true });
    tries.set(form, { count: count + 1, stop: () => { clearTimeout(timer); removeEventListener("online", again); } });
  }
}

// Telephones of some years ago have no AbortSignal.timeout.
function within(milliseconds) {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), milliseconds);
  return stop.signal;
}

// Ends what was going to be tried again; somebody turns to the form.
export function calm(form) {
  tries.get(form)?.stop();
}

// Photos that are still being made small are waited for: as they came from the camera they may be too large to send.
async function photosMade(form) {
  const holder = form.querySelector("[data-photos]");
  while (holder?.getAttribute("aria-busy") === "true") {
    await new Promise((done) => holder.addEventListener("photos-made", done, { once: true }));
  }
}

function plain(body) {
  return new URLSearchParams([...body].filter(([, value]) => typeof value === "string"));
}
