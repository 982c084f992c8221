// The sheet of a sequence: steps are put in order by dragging their dot, or by the arrow keys while it has the focus. The
// order is that of the fields in the page and is saved with everything else. Whatever changes, the dates beside the sheet
// are asked for again and written beside each step.
import { loadSortable, sortable } from "./sortable.js";
import { announce } from "./toast.js";
import "./unfolding.js";

const QUIET = 300; // ms without a key before the dates are asked for
const STEP = ".seq-step";
const WAY = "[data-way]";
const sheet = document.getElementById("sheet");
const section = () => document.getElementById("steps");
document.documentElement.classList.add("has-scripts");

// dirty.js compares fields with what the page came with, and so sees no order and nothing that a small button did.
let isArranged = sheet && "dirty" in sheet.dataset;
const unsaved = () => {
  isArranged = true;
  sheet.dataset.dirty = "";
};

let [timer, latest] = [0, 0];
let isWhole = false; // all dates are wanted beside the sheet, not the first of them

const write = (list) => {
  for (const row of list.querySelectorAll("li:has(time)")) {
    const when = document.getElementById(row.querySelector("a").hash.slice(1))?.querySelector(":scope > .seq-when");
    if (!when) continue;
    const [words, day] = row.querySelector("time").children;
    when.firstElementChild.textContent = day.textContent;
    when.lastElementChild.textContent = words.textContent;
  }
};

// Only the list, and while somebody looks for a lead the choice of leads, are replaced: a field that is typed in stays.
const draw = async (byName) => {
  const mine = ++latest;
  const sent = new FormData(sheet);
  if (!byName) sent.delete("preview_q");
  let answer;
  try {
    answer = await fetch(sheet.dataset.datesUrl, { method: "POST", body: sent, headers: { "HX-Request": "true" } });
  } catch {
    return;
  }
  if (mine !== latest || !answer.ok) return;
  const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (mine !== latest) return;
  const list = drawn.getElementById("date-list");
  const rest = drawn.getElementById("more-dates");
  if (isWhole) for (const row of list.querySelectorAll("[hidden]")) row.hidden = false;
  document.getElementById("date-list").replaceWith(document.importNode(list, true));
  document.getElementById("more-dates")?.remove();
  if (rest && !isWhole) document.getElementById("date-list").after(document.importNode(rest, true));
  write(document.getElementById("date-list"));
  if (byName) document.getElementById("f-preview_lead").replaceWith(document.importNode(drawn.getElementById("f-preview_lead"), true));
};

const soon = (byName = false) => {
  clearTimeout(timer);
  timer = setTimeout(() => draw(byName), QUIET);
};

const titleOf = (row) => row.querySelector(".seq-words > b");
const say = (row) => {
  const rows = [...row.parentElement.children];
  const way = row.parentElement.getAttribute("aria-label");
  announce(`${titleOf(row).textContent}: ${rows.indexOf(row) + 1} of ${rows.length}, ${way}`);
};
const arranged = (row) => { say(row); unsaved(); soon(); };

const wired = new WeakSet();
const wire = async () => {
  await loadSortable(section().dataset.sortableUrl);
  for (const list of section().querySelectorAll(WAY)) {
    if (wired.has(list)) continue;
    wired.add(list);
    sortable(list, {
      group: "steps", draggable: STEP, handle: ".grip-dot", chosenClass: "lifted", fallbackOnBody: true, invertSwap: true,
      onStart: () => { document.body.dataset.dragging = "1"; },
      onCalledOff: () => { delete document.body.dataset.dragging; },
      onEnd: (event) => {
        delete document.body.dataset.dragging;
        if (event.from !== event.to || event.oldIndex !== event.newIndex) arranged(event.item);
      },
    });
  }
};

// Beyond the edge of a branch's way a step goes into its other way, or out of the branch.
const place = (row, by) => {
  const beside = by < 0 ? row.previousElementSibling : row.nextElementSibling;
  if (beside) return by < 0 ? beside.before(row) : beside.after(row);
  const branch = row.parentElement.closest(STEP);
  if (!branch) return undefined;
  const [yes, no] = [...branch.querySelectorAll(WAY)].filter((list) => list.closest(STEP) === branch);
  if (by < 0 && row.parentElement === no) return yes.append(row);
  if (by > 0 && row.parentElement === yes) return no.prepend(row);
  return by < 0 ? branch.before(row) : branch.after(row);
};

if (sheet) {
  for (const kind of ["pointerover", "focusin", "touchstart"]) {
    document.addEventListener(kind, (event) => { if (event.target.closest?.(".grip-dot")) wire(); }, { passive: true });
  }
  document.addEventListener("keydown", (event) => {
    const handle = event.target.closest?.(".grip-dot");
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!handle || !by || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const row = handle.closest(STEP);
    const [list, at] = [row.parentElement, [...row.parentElement.children].indexOf(row)];
    place(row, by);
    handle.focus();
    row.scrollIntoView({ block: "nearest" });
    if (row.parentElement !== list || [...list.children].indexOf(row) !== at) arranged(row);
  });
  // A click on the dot opens the step; it is no button that sends the form.
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-all-dates]")) { isWhole = true; draw(); }
    const fold = event.target.closest?.(".grip-dot")?.closest(STEP).querySelector(":scope > details.seq-fold");
    if (fold) fold.open = !fold.open;
  });
  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => {
      const field = event.target;
      if (field.form !== sheet) return;
      const shown = kind === "input" && field.name.startsWith("title_") && titleOf(field.closest(STEP));
      if (shown) shown.textContent = field.value || "New step";
      const isBeside = field.name.startsWith("preview_");
      if (isBeside && !isArranged) delete sheet.dataset.dirty;
      if (isArranged) sheet.dataset.dirty = "";
      if (field.name !== "under_way") soon(field.name === "preview_q");
    });
  }
  // What a small button did is a change too, and a new step waits for its words.
  document.addEventListener("htmx:after:swap", (event) => {
    if (event.target.id !== "steps" && event.detail?.ctx?.target?.id !== "steps") return;
    unsaved();
    const fold = document.querySelector(`#step-${CSS.escape(section().dataset.opened || "none")} > details.seq-fold`);
    if (fold && !fold.open) {
      fold.open = true;
      fold.querySelector(".seq-body :is(input, select):not([type=hidden])")?.focus({ preventScroll: true });
      fold.scrollIntoView({ block: "nearest" });
    }
    soon();
  });
}
