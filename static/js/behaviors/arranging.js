// The builder of forms: questions and steps are put in order by dragging, or by the arrow keys while their handle has the
// focus. The order is that of the fields in the page; it is saved with everything else. `arranged` tells that it changed.
import { loadSortable, sortable } from "./sortable.js";
import { announce } from "./toast.js";

const ROW = "[data-question-row]";
const STEP = "[data-step-row]";
const lists = () => [...document.querySelectorAll("[data-questions]")];

// dirty.js compares fields with what the page came with, and so sees no order and nothing that a small button did.
let isArranged = false;
const unsaved = (form) => {
  isArranged = true;
  form.dataset.dirty = "";
};
for (const kind of ["input", "change", "htmx:after:request"]) {
  document.addEventListener(kind, () => {
    const form = document.getElementById("sheet");
    if (isArranged && form) form.dataset.dirty = "";
  });
}

const arranged = (row) => {
  document.querySelectorAll("[data-step-number]").forEach((number, at) => { number.textContent = at + 1; });
  const form = row.closest("form");
  unsaved(form);
  form.dispatchEvent(new CustomEvent("arranged", { bubbles: true, detail: { row } }));
};

const say = (row) => {
  const list = row.parentElement;
  const rows = [...list.children];
  const step = row.closest(STEP);
  const where = row.matches(ROW) && step ? `, step ${[...step.parentElement.children].indexOf(step) + 1}` : "";
  announce(`${row.dataset.name}: ${rows.indexOf(row) + 1} of ${rows.length}${where}`);
};

const options = (change) => ({
  chosenClass: "lifted",
  onStart: () => { document.body.dataset.dragging = "1"; },
  onCalledOff: () => { delete document.body.dataset.dragging; },
  onEnd: (event) => {
    delete document.body.dataset.dragging;
    if (event.from === event.to && event.oldIndex === event.newIndex) return;
    change(event.item);
  },
});

const wired = new WeakSet();
const wire = async (section) => {
  await loadSortable(section.dataset.sortableUrl);
  const done = (row) => { say(row); arranged(row); };
  for (const list of [...lists(), ...section.querySelectorAll("[data-steps]")]) {
    if (wired.has(list)) continue;
    wired.add(list);
    const isSteps = list.matches("[data-steps]");
    sortable(list, {
      ...options(done), group: isSteps ? "steps" : "questions", draggable: isSteps ? STEP : ROW,
      handle: isSteps ? "[data-move=step]" : "[data-move=question]",
    });
  }
};

for (const kind of ["pointerover", "focusin", "touchstart"]) {
  document.addEventListener(kind, (event) => {
    const section = event.target.closest?.("[data-move]") && event.target.closest("[data-sortable-url]");
    if (section) wire(section);
  }, { passive: true });
}

// A question goes on into the neighbouring step when it stands at the edge of its own.
const place = (row, by) => {
  const beside = by < 0 ? row.previousElementSibling : row.nextElementSibling;
  if (beside) return by < 0 ? beside.before(row) : beside.after(row);
  if (!row.matches(ROW)) return null;
  const all = lists();
  const other = all[all.indexOf(row.parentElement) + by];
  return other && (by < 0 ? other.append(row) : other.prepend(row));
};

document.addEventListener("keydown", (event) => {
  const handle = event.target.closest?.("[data-move]");
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!handle || !by || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const row = handle.closest(handle.dataset.move === "step" ? STEP : ROW);
  const [list, at] = [row.parentElement, [...row.parentElement.children].indexOf(row)];
  place(row, by);
  handle.focus();
  row.scrollIntoView({ block: "nearest" });
  say(row);
  if (row.parentElement !== list || [...list.children].indexOf(row) !== at) arranged(row);
});

// The row says what the question says, as it is typed.
document.addEventListener("input", (event) => {
  const shown = event.target.name && document.querySelector(`[data-shows="${CSS.escape(event.target.name)}"]`);
  if (shown) shown.textContent = event.target.value || "New question";
});

// What a small button did is a change too, and a new question waits for its words.
document.addEventListener("htmx:after:swap", (event) => {
  if ((event.detail?.ctx?.target ?? event.target).id !== "asks") return; // the fields of a row that opens change nothing
  const section = document.getElementById("asks");
  const form = section?.closest("form");
  if (!form) return;
  unsaved(form);
  // One that comes open while another stands open is closed by the browser: of one name it is the first that counts.
  const opened = section.querySelector("details[data-opened]");
  if (opened) opened.open = true;
  const words = opened?.querySelector("input[name^=label_]");
  const fresh = words?.value === "" ? opened : null;
  fresh?.scrollIntoView({ block: "center" }); // clear of the bar beneath
  if (fresh) words.focus({ preventScroll: true });
  form.dispatchEvent(new CustomEvent("arranged", { bubbles: true, detail: { row: fresh?.closest(ROW) } }));
});
