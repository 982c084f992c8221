// A lead's sheet: a click on a fact's words edits it, a folded part stays as one left it, a tab of the composer begins to
// write (the phone's bar goes there first), long notes unfold, and Print prints.
const kept = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
const keep = (name, value) => { try { localStorage.setItem(name, value); } catch { /* private window */ } };

const unfold = () => {
  for (const part of document.querySelectorAll("details[data-keep-open]:not([data-met])")) {
    part.dataset.met = "";
    if (kept(part.dataset.keepOpen) === "1") part.open = true;
  }
};

document.addEventListener("toggle", (event) => {
  const part = event.target;
  if (part.dataset?.keepOpen && part.dataset.met !== undefined) keep(part.dataset.keepOpen, part.open ? "1" : "0");
}, true);

// Begin to write in the pane of a tab, once it is there: in the field that was refused, or else the first that is empty.
let writing = "";
const begin = () => {
  if (document.activeElement?.closest("textarea, select, input:not([type=radio])")) writing = ""; // one went elsewhere meanwhile
  if (!writing) return;
  const pane = document.querySelector(`.composer form[data-pane=${writing}]`);
  const fields = [...(pane?.querySelectorAll("textarea, select, input:not([type=hidden]):not([type=checkbox])") ?? [])];
  if (!fields.length) return;
  writing = "";
  (pane.querySelector("[aria-invalid=true]") ?? fields.find((field) => !field.value) ?? pane.querySelector("textarea")).focus();
};
/** Begin to write in the pane of a tab, also when it was pressed before this script had come (later.js). */
export const write = (label) => {
  if (label.dataset.scrollTo) document.getElementById(label.dataset.scrollTo)?.scrollIntoView({ block: "start" });
  writing = label.htmlFor.slice(2);
  begin();
};

document.addEventListener("click", (event) => {
  const words = event.target.closest(".fact dd");
  if (words && !event.target.closest("a, button, input, form, label") && getSelection().isCollapsed) {
    words.querySelector(".edit, .add")?.click();
  }
  const rest = event.target.closest("[data-unfold]");
  if (rest) rest.textContent = rest.previousElementSibling.classList.toggle("long") ? "Show all" : "Show less";
  if (event.target.closest("[data-print]")) window.print();
});

// Escape gives a fact back as it was, and the focus to its pencil; it takes the fields for planning and for a tag away.
document.addEventListener("keydown", (event) => {
  const editing = event.key === "Escape" && event.target.closest?.(".fact.editing, form.planning, .tag-add");
  if (!editing) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  editing.querySelector("[data-cancel]")?.click();
}, true);

// After saving or cancelling, the focus returns to the fact's pencil, so that the keyboard goes on from there, and what was
// scrolled to make room for the form is scrolled back.
let edited = "";
let planning = false;
let hung = null; // { id, at }: whose tags were asked for anew, and at which of them one goes on
let stood = null; // { place, top, until }: where one had scrolled to before the form opened, and where that put one
const tagButtons = (tags) => [...tags.querySelectorAll(".tag button")];
const scroller = (fact) => fact.closest(".drawer, .main");
document.addEventListener("htmx:before:request", (event) => {
  const source = event.detail?.ctx?.sourceElement;
  if (source?.closest?.("form.planning, .next-acts")) planning = true;
  const fact = source?.closest?.(".fact");
  const tags = source?.closest?.(".tags");
  if (tags && !source.closest(".tag-add, [data-hotkey]")) {
    const buttons = tagButtons(tags), at = buttons.indexOf(document.activeElement);
    hung = { id: tags.id, at: at >= 0 ? at : source.matches("[data-rest]") && !tags.matches("[hx-morph-skip]") ? buttons.length : 0 };
  }
  if (source?.matches?.(".tag-add [data-cancel]")) edited = source.closest(".tags").id;
  else if (fact?.matches(".editing")) edited = fact.id;
  else if (fact && source.matches(".edit, .add") && scroller(fact)) stood = { place: scroller(fact), top: scroller(fact).scrollTop };
});
// What was sent by the keyboard leaves one where one can go on writing; what was refused, on a phone too.
document.addEventListener("htmx:before:swap", (event) => {
  if (document.activeElement?.closest?.(".to-come")) planning = true; // what has the focus may belong to an act that goes
  const { target: pane, response } = event.detail?.ctx ?? {};
  const goesOn = response?.status >= 400 || !matchMedia("(pointer: coarse)").matches;
  if (goesOn && pane?.matches?.(".composer form.pane") && pane.contains(document.activeElement)) writing = pane.dataset.pane;
});
document.addEventListener("htmx:after:swap", (event) => {
  unfold();
  if (stood) setTimeout(() => { if (stood) stood.until ??= stood.place.scrollTop; });
  if (writing) begin();
  if (planning && !document.querySelector("form.planning")) {
    planning = false;
    if (document.activeElement === document.body) document.querySelector(".to-come [data-hotkey=p]")?.focus({ preventScroll: true });
  }
  if (hung && event.target.id === hung.id) {
    const buttons = tagButtons(event.target);
    if (document.activeElement === document.body) (buttons[Math.min(hung.at, buttons.length - 1)] ?? event.target.querySelector("a"))?.focus({ preventScroll: true });
    hung = null;
  }
  const fact = edited && (document.getElementById(edited) ?? document.querySelector(`[data-edits="${edited}"]`));
  if (!fact || fact.matches(".editing")) return;
  edited = "";
  if (stood && stood.place.scrollTop === stood.until) stood.place.scrollTop = stood.top;
  stood = null;
  const active = document.activeElement;
  if (!active || active === document.body) (fact.querySelector(".edit, .add, .tag-more[data-hotkey]") ?? fact).focus({ preventScroll: true });
});
unfold();
