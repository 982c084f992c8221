// The settings of Squeegee: rows that are added, moved and removed without asking the server, variables that are put where
// one types. Everything here is a submit button too, which the server answers for browsers without scripts.
import { loadSortable, sortable } from "./sortable.js";
import { announce } from "./toast.js";

const sheet = document.getElementById("sheet");
const list = sheet?.querySelector("[data-rows]");
const rows = () => [...list.querySelectorAll("[data-row]")];

// dirty.js compares fields with what the page came with, and so sees neither an order nor what the server filled in.
let isChanged = "unsaved" in (sheet?.dataset ?? {});
const mark = () => { if (isChanged) sheet.dataset.dirty = ""; };
for (const kind of ["input", "change", "htmx:after:request"]) document.addEventListener(kind, mark);
mark();

const changed = (words) => {
  isChanged = true;
  mark();
  if (words) announce(words);
  sheet.dispatchEvent(new CustomEvent("rows", { bubbles: true }));
};

const nameOf = (row) => row.querySelector("input").value || "Row";
const place = (row) => `${nameOf(row)}: ${rows().indexOf(row) + 1} of ${rows().length}`;

// Only the new row carries every choice; the others take theirs from it.
const fill = () => {
  const every = sheet.querySelector("[data-row-template]")?.content.querySelector("select");
  if (!every) return;
  for (const select of list.querySelectorAll("select")) {
    if (select.options.length > 1) continue;
    const { value } = select;
    select.replaceChildren(...[...every.options].map((option) => option.cloneNode(true)));
    select.value = value;
    for (const option of select.options) option.defaultSelected = option.value === value;
  }
};

let number = 0;
const add = () => {
  const row = sheet.querySelector("[data-row-template]").content.firstElementChild.cloneNode(true);
  number += 1;
  for (const part of row.querySelectorAll("[id], [for]")) {
    for (const name of ["id", "for"]) if (part.hasAttribute(name)) part.setAttribute(name, `${part.getAttribute(name)}${number}`);
  }
  list.append(row);
  row.querySelector("input").focus();
  changed();
};

const move = (row, by) => {
  const beside = by < 0 ? row.previousElementSibling : row.nextElementSibling;
  if (!beside) return announce(place(row));
  if (by < 0) beside.before(row);
  else beside.after(row);
  row.scrollIntoView({ block: "nearest" });
  changed(place(row));
};

const remove = (row) => {
  const name = nameOf(row);
  const next = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  (next?.querySelector("input") ?? sheet.querySelector("[data-row-act=add]")).focus();
  changed(`${name} removed`);
};

sheet?.addEventListener("click", (event) => {
  const button = event.target.closest("[data-row] [name=act], [data-row-act]");
  if (!button || !list) return;
  event.preventDefault();
  const row = button.closest("[data-row]");
  const acts = { add, remove: () => remove(row), up: () => move(row, -1), down: () => move(row, 1) };
  acts[button.dataset.rowAct ?? button.value.split(":")[0]]();
  if (row?.isConnected) button.focus();
});

list?.addEventListener("keydown", (event) => {
  const grip = event.target.closest("[data-row-grip]");
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!grip || !by || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  move(grip.closest("[data-row]"), by);
  grip.focus();
});

if (list) fill();
if (list?.dataset.sortableUrl) {
  list.dataset.wired = "";
  const wire = async () => {
    await loadSortable(list.dataset.sortableUrl);
    window.Sortable.get(list) ?? sortable(list, {
      handle: "[data-row-grip]", draggable: "[data-row]",
      onEnd: (event) => { if (event.oldIndex !== event.newIndex) changed(place(event.item)); },
    });
  };
  for (const kind of ["pointerover", "focusin", "touchstart"]) list.addEventListener(kind, wire, { passive: true, once: true });
}

// Variables go where the caret was last; what is too long for a tag is not offered there.
let field = sheet?.querySelector("[data-patterns=all]");
sheet?.addEventListener("focusin", (event) => {
  if (!event.target.dataset.patterns) return;
  field = event.target;
  for (const chip of sheet.querySelectorAll("[data-notes-only]")) chip.disabled = field.dataset.patterns === "short";
});
for (const chip of document.querySelectorAll("[data-insert]")) {
  chip.addEventListener("click", () => {
    field.focus();
    const words = chip.dataset.insert; // the browser's own way of typing, so that Ctrl and Z takes it back
    if (!document.execCommand("insertText", false, words)) field.setRangeText(words, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
