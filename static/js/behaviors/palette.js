// The palette: one field that finds leads, people and houses on the server, and pages and acts right here. The arrows
// choose, Enter opens; a lead opens in the drawer where there is one. Asking: finding.js.
import { announce } from "./toast.js";
import { ask, narrow, stopAsking } from "./finding.js";
import { openBeside } from "./beside.js";
import { actsHere } from "./keys.js";
import { recent } from "./search.js";
import { styled } from "./styles.js";

const REST = 70; // ms without a key before asking
const dialog = document.getElementById("palette");
const input = dialog.querySelector("input");
const list = dialog.querySelector("[role=listbox]");
const [found, start] = ["found", "start"].map((name) => list.appendChild(Object.assign(document.createElement("div"), { role: "presentation", className: name })));

let timer = 0;
let look = ""; // tells one opening from another, for the audit log
let answered = ""; // what `found` is the answer to
let isChosen = false; // by a hand, not by default
let isStarted = false; // pages and acts are there
let goWhenFound = false;

const typed = () => input.value.trim();
const shown = () => [...list.querySelectorAll("[role=option]")].filter((each) => !each.closest("[hidden]"));
const chosen = () => list.querySelector("[aria-selected=true]");

const choose = (option, byHand = false) => {
  chosen()?.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  if (option) input.setAttribute("aria-activedescendant", option.id);
  else input.removeAttribute("aria-activedescendant");
  if (byHand) option?.scrollIntoView({ block: "nearest" });
  isChosen = byHand && Boolean(option);
};

const settle = () => {
  const none = found.querySelector("[data-none]");
  if (none) none.hidden = shown().length > 0; // a page or an act that is called so is an answer too
  if (isChosen && chosen() && !chosen().closest("[hidden]")) return;
  choose(shown()[0]);
  list.scrollTop = 0;
};

const show = ({ html, fault }, text) => {
  const words = Object.assign(document.createElement("p"), { className: "hits-none bad", textContent: fault });
  if (fault) found.replaceChildren(words);
  else found.innerHTML = html;
  answered = text;
  settle();
  const number = shown().length;
  announce(number ? `${number} found` : found.textContent.trim());
};

const search = async () => {
  const text = typed();
  const answer = await ask(dialog.dataset.find, new URLSearchParams({ q: text, look }));
  if (!answer || text !== typed() || !dialog.open) return;
  show(answer, text);
  if (goWhenFound) go();
};

const changed = () => {
  clearTimeout(timer);
  goWhenFound = isChosen = false;
  narrow(start, typed());
  if (typed().length < 2) {
    stopAsking(dialog.dataset.find);
    found.replaceChildren();
    answered = typed();
  } else timer = setTimeout(search, REST);
  settle();
};

const go = (inNewTab = false) => {
  // Somebody who types and presses Enter at once means what will be found, not what happens to stand there.
  const option = chosen();
  const isAsked = typed().length > 1 && answered !== typed();
  if (option ? isAsked && !isChosen : isAsked || !isStarted) { goWhenFound = true; return; }
  if (inNewTab && option?.href) window.open(option.href, "_blank", "noopener");
  else option?.click();
};

const step = (by) => {
  const all = shown();
  if (all.length) choose(all[(all.indexOf(chosen()) + by + all.length) % all.length], true);
};

const begin = async () => {
  const acts = actsHere();
  const answer = await ask(dialog.dataset.start, new URLSearchParams(recent().map((id) => ["recent", id])));
  if (!answer) return;
  if (answer.fault) return show(answer, "");
  start.innerHTML = answer.html;
  const template = start.querySelector("template[data-hit]").content.firstElementChild;
  start.querySelector("[data-group=here]").append(...acts.map(({ key, label, run }, place) => {
    const option = template.cloneNode(true);
    option.id = `here-${place}`;
    option.querySelector(".hit-words").textContent = label;
    option.querySelector("kbd").textContent = key;
    option.addEventListener("click", () => setTimeout(run)); // once the palette is closed and the focus is back
    return option;
  }));
  isStarted = true;
  narrow(start, typed());
  settle();
  if (goWhenFound) go();
};

/** The palette has just been opened (search.js); something may have been typed already, and Enter pressed (`isWanted`). */
export function opened(isWanted = false) {
  styled(dialog.dataset.styles);
  look = crypto.randomUUID?.() ?? String(performance.now()) + Math.random();
  changed();
  if (isWanted) go();
  begin();
}

input.addEventListener("input", changed);
dialog.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const withControl = event.ctrlKey || event.metaKey;
  if (event.key === "ArrowDown") step(1);
  else if (event.key === "ArrowUp") step(-1);
  else if (event.key === "Enter" && event.target === input) go(withControl);
  else if (withControl && event.key === "k") dialog.close();
  else return;
  event.preventDefault();
});
list.addEventListener("pointermove", (event) => {
  const option = event.target.closest("[role=option]");
  if (option && option !== chosen()) choose(option, true);
});
dialog.addEventListener("click", (event) => {
  const option = event.target.closest("[role=option]");
  if (option && (event.ctrlKey || event.metaKey || event.shiftKey)) return;
  if (option || event.target === dialog || event.target.closest("[data-palette-close]")) dialog.close();
  if (option?.dataset.lead !== undefined && openBeside(option.href)) event.preventDefault();
});
dialog.addEventListener("close", () => {
  stopAsking(dialog.dataset.find);
  input.value = "";
  changed();
});
addEventListener("pagehide", () => dialog.close());
