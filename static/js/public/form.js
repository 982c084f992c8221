// The quote form, one step at a time. Without this script it is one page that works; the server has the last word.
import { asking, check, show } from "./checks.js";
import { frame } from "./frame.js";
import { forget, keep, kept } from "./keep.js";
import { follow } from "./relevance.js";

// What is needed only once somebody answers comes after the first question can be answered.
const pricing = import("./price.js");
const proving = import("./proving.js");
const sending = import("./send.js");

const CHOOSE_AGAIN = "Not sent yet. Everything you typed is here; please choose your photos again, then send.";

function start(form) {
  const steps = [...form.querySelectorAll("[data-step]")];
  const next = form.querySelector("[data-next]");
  const progress = form.querySelector("progress");
  const sendWords = next.querySelector(".at-once").textContent;
  const tellHeight = frame(form.dataset.parent);
  const last = steps.length - 1;
  let now = 0;
  let [priceAt, calm] = [() => {}, () => {}];
  let wasKept = false;

  const back = link("Back", () => history.back());
  const startAgain = link("Start again", () => {
    forget(form.dataset.leadForm);
    location.reload();
  });

  function open(number, { focus = true } = {}) {
    now = Math.max(0, Math.min(number, last));
    calm(form);
    steps.forEach((step, at) => step.toggleAttribute("data-now", at === now));
    progress.value = now + 1;
    next.textContent = now === last ? sendWords : "Next";
    const ways = [...(now ? [back] : []), ...(wasKept ? [startAgain] : [])];
    const place = form.querySelector("[data-back-place]");
    place.hidden = !ways.length;
    place.replaceChildren(...ways.flatMap((way, at) => (at ? [" · ", way] : [way])));
    follow(form);
    priceAt(now);
    if (focus) {
      scrollTo({ top: 0 });
      steps[now].querySelector("h2").focus({ preventScroll: true });
    }
    tellHeight(focus);
    if (focus) keep(form, now);
  }

  function goOn() {
    const postcode = form.elements.postcode;
    postcode.value = postcode.value.trim().toUpperCase().replace(/^([A-Z0-9]{2,4})\s*(\d[A-Z]{2})$/, "$1 $2");
    const wrong = check(form, steps[now]);
    tellHeight();
    if (wrong) return wrong.focus();
    if (now < last) {
      history.pushState({ step: now + 1 }, "");
      return open(now + 1);
    }
    const elsewhere = steps.findIndex((step) => check(form, step));
    if (elsewhere >= 0) return open(elsewhere);
    form.querySelector(".error-summary")?.remove();
    const page = { step: () => now, isLast: () => now === last, answered, tellHeight };
    return sending.then((it) => it.send(form, next, page), () => form.submit());
  }

  // The server found something: its page takes the place of ours, with what was typed and its words beside the fields.
  function answered(page) {
    const theirs = page.querySelector("[data-lead-form]");
    if (!theirs) return false;
    const photos = form.querySelector("[data-photos]");
    const fresh = document.importNode(theirs, true);
    const place = fresh.querySelector("[data-photos]");
    if (photos && place && !place.querySelector(".error")) place.replaceWith(photos);
    form.replaceWith(fresh);
    begin();
    return true;
  }

  next.addEventListener("click", (event) => { if (event.detail > 1) event.preventDefault(); }); // who clicks twice skips nothing
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.getAttribute("aria-busy") !== "true") goOn();
  });
  form.addEventListener("input", () => keep(form, now));
  form.addEventListener("change", (event) => {
    if (event.target.getAttribute("aria-invalid") || event.target.closest("fieldset")?.querySelector(".error")) show(event.target, "");
    follow(form);
    tellHeight();
    keep(form, now);
  });
  form.querySelector(".error-summary")?.addEventListener("click", (event) => {
    const field = event.target.matches("a") && form.querySelector(event.target.hash);
    if (!field) return;
    event.preventDefault();
    open(steps.findIndex((step) => step.contains(field)), { focus: false });
    field.focus();
  });
  const photos = form.querySelector("[data-photos]");
  if (photos && !photos.querySelector(".photo-list")) import("./photos.js").then((it) => it.takePhotos(photos, asking(form).photos, tellHeight));
  proving.then((it) => it.prove(form));
  sending.then((it) => { calm = it.calm; });
  pricing.then((it) => {
    priceAt = it.tellPrice(form, tellHeight);
    priceAt(now);
  });
  onpopstate = (event) => open(event.state?.step ?? 0);

  const isReturned = "returned" in form.dataset;
  const faulty = steps.findIndex((step) => step.querySelector(".error"));
  const before = isReturned ? null : kept(form);
  wasKept = Boolean(before?.step);
  const first = faulty >= 0 ? faulty : isReturned ? last : before?.step ?? 0;
  for (let step = 0; step <= first; step += 1) history[step ? "pushState" : "replaceState"]({ step }, "");
  open(first, { focus: false });
  if (isReturned) keep(form, now);
  form.dataset.ready = "";
  form.querySelector(".error-summary")?.focus();
  if (before?.isPending) goOnSending(before.photos);

  // The page was closed or reloaded while it could not be sent.
  function goOnSending(photoCount) {
    if (!photoCount) return goOn();
    const note = form.querySelector("[data-send-note]");
    note.textContent = CHOOSE_AGAIN;
    note.hidden = false;
    return tellHeight();
  }
}

function link(words, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "back";
  button.textContent = words;
  button.addEventListener("click", act);
  return button;
}

function begin() {
  const form = document.querySelector("[data-lead-form]");
  document.documentElement.classList.add("stepwise");
  start(form);
}

addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelector("[data-lead-form]")?.removeAttribute("aria-busy");
});
begin();
