// Toasts come as markup in answers (appended to #toasts) or from scripts; they leave by themselves, later when they can be
// undone, and never while the pointer or the focus is on them.
// Other scripts: import { toast, announce } from "./toast.js".
const region = () => document.getElementById("toasts");

/** Say something to a screen reader only. */
export function announce(words) {
  const announcer = document.getElementById("announcer");
  if (!announcer) return;
  announcer.textContent = "";
  requestAnimationFrame(() => { announcer.textContent = words; });
}

/** Show a toast. kind: "good", "bad" or "info"; undo: a function, offered for 30 s. */
export function toast(words, { kind = "good", undo = null } = {}) {
  const template = document.getElementById("toast-template");
  if (!template || !region()) return announce(words);
  const item = template.content.firstElementChild.cloneNode(true);
  item.querySelector("p").textContent = words;
  if (kind === "bad") {
    const picture = item.querySelector(".icon");
    picture.classList.add("bad");
    picture.firstElementChild.setAttribute("href", picture.firstElementChild.getAttribute("href").replace(/#.*/, "#triangle-alert"));
  }
  if (undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Undo";
    Object.assign(button.dataset, { hotkey: "z", hotkeyLabel: "Undo" });
    button.addEventListener("click", () => { item.remove(); undo(); });
    item.querySelector("p").after(button);
    item.dataset.seconds = "30";
  }
  region().append(item);
  return item;
}

const clocks = new WeakMap();
const stop = (item) => clearTimeout(clocks.get(item));
const start = (item) => {
  stop(item);
  clocks.set(item, setTimeout(() => item.remove(), Number(item.dataset.seconds || 6) * 1000));
};

if (region()) {
  for (const item of region().querySelectorAll("[data-toast]")) start(item);
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) if (node.matches?.("[data-toast]")) start(node);
    const all = region().querySelectorAll("[data-toast]:not([data-stays])");
    for (const item of [...all].slice(0, -3)) item.remove();
  }).observe(region(), { childList: true });
  for (const [enter, leave] of [["pointerover", "pointerout"], ["focusin", "focusout"]]) {
    region().addEventListener(enter, (event) => event.target.closest("[data-toast]") && stop(event.target.closest("[data-toast]")));
    const other = leave === "focusout" ? ":hover" : ":focus-within"; // which may hold it yet
    region().addEventListener(leave, (event) => event.target.closest("[data-toast]")?.matches(`:not(${other})`) && start(event.target.closest("[data-toast]")));
  }
  region().addEventListener("click", (event) => event.target.closest("[data-toast-close]")?.closest("[data-toast]").remove());
  // The undo form's own answer brings the next toast. What did not arrive, or was sent by nobody known, can be tried again.
  document.addEventListener("htmx:finally:request", (event) => {
    const { sourceElement, response } = event.detail?.ctx ?? {};
    if (!response || response.status >= 500 || [400, 401, 429].includes(response.status)) return;
    sourceElement?.closest?.("[data-undo]")?.closest("[data-toast]")?.remove();
  });
}

// An answer's header HX-Trigger: {"toast": {"text": "Saved", "kind": "good"}}
document.addEventListener("toast", (event) => toast(event.detail?.text ?? "", { kind: event.detail?.kind }));
