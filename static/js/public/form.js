// The quote form, one step at a time. Without this script it is one page that works; the server has the last word.
import { check, show } from "./checks.js";
import { frame } from "./frame.js";
import { keep, kept } from "./keep.js";
import { follow } from "./relevance.js";
import { prove } from "./proving.js";
import { send } from "./send.js";

function start(form) {
  const steps = [...form.querySelectorAll("[data-step]")];
  const next = form.querySelector("[data-next]");
  const progress = form.querySelector("progress");
  const sendWords = next.textContent;
  const tellHeight = frame(form.dataset.parent);
  let now = 0;

  const back = document.createElement("button");
  back.type = "button";
  back.className = "back";
  back.textContent = "Back";
  back.addEventListener("click", () => history.back());

  function open(number, { focus = true } = {}) {
    now = Math.max(0, Math.min(number, steps.length - 1));
    steps.forEach((step, at) => step.toggleAttribute("data-now", at === now));
    progress.value = now + 1;
    next.textContent = now === steps.length - 1 ? sendWords : "Next";
    form.querySelector("[data-back-place]").replaceChildren(...(now ? [back, " · "] : []));
    follow(form);
    if (focus) {
      scrollTo({ top: 0 });
      steps[now].querySelector("h2").focus({ preventScroll: true });
    }
    tellHeight(focus);
    keep(form, now);
  }

  function goOn() {
    const postcode = form.elements.postcode;
    postcode.value = postcode.value.trim().toUpperCase().replace(/^([A-Z0-9]{2,4})\s*(\d[A-Z]{2})$/, "$1 $2");
    const wrong = check(form, steps[now]);
    tellHeight();
    if (wrong) return wrong.focus();
    if (now < steps.length - 1) {
      history.pushState({ step: now + 1 }, "");
      return open(now + 1);
    }
    const elsewhere = steps.findIndex((step) => check(form, step));
    if (elsewhere >= 0) return open(elsewhere);
    form.querySelector(".error-summary")?.remove();
    return send(form, next, { answered, tellHeight });
  }

  // The server found something: its page takes the place of ours, with what was typed and its words beside the fields.
  function answered(page) {
    const theirs = page.querySelector("[data-lead-form]");
    if (!theirs) return false;
    form.replaceWith(document.importNode(theirs, true));
    begin();
    return true;
  }

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
  prove(form);
  onpopstate = (event) => open(event.state?.step ?? 0);

  const faulty = steps.findIndex((step) => step.querySelector(".error"));
  const before = "returned" in form.dataset ? null : kept(form);
  const first = faulty >= 0 ? faulty : "returned" in form.dataset ? steps.length - 1 : before?.step ?? 0;
  for (let step = 0; step <= first; step += 1) history[step ? "pushState" : "replaceState"]({ step }, "");
  open(first, { focus: false });
  form.dataset.ready = "";
  const summary = form.querySelector(".error-summary");
  if (summary) summary.focus();
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
