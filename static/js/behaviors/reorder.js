// Putting rows in order: dragged by their handle with mouse or finger, or moved by the arrow keys while the handle has the
// focus. All lists of a page that name one address are saved together; a no puts the rows back and says why. The latest
// move can be undone for 30 seconds; several of one row by keys are one.
import { send } from "./signed_out.js";
import { loadSortable, sortable } from "./sortable.js";
import { toast, announce } from "./toast.js";

const listsOf = (url) => [...document.querySelectorAll("[data-reorder]")].filter((list) => list.dataset.reorder === url);
const rowsOf = (list) => [...list.children].filter((row) => row.dataset.reorderId);
const say = (row) => {
  const rows = rowsOf(row.parentElement);
  announce(`${row.dataset.reorderName}: ${rows.indexOf(row) + 1} of ${rows.length}`);
};

// One save at a time and the latest order last, however quickly rows are moved.
let saving = Promise.resolve();
let latest = 0;

const put = async (url, ids, instead) => {
  const body = new URLSearchParams([...ids.map((id) => ["order", id]), ...instead.map((id) => ["instead_of", id])]);
  const answer = await send(url, { method: "POST", body, headers: { Accept: "text/plain" } });
  if (answer.ok) return "";
  if (answer.status === 401) return "You are signed out. Sign in again.";
  if (answer.status === 409) return answer.text();
  if (answer.status === 403) return "Your role does not allow this.";
  return "It could not be saved. Try again.";
};

const idsOf = (url) => listsOf(url).flatMap(rowsOf).map((row) => row.dataset.reorderId);
const restore = (before) => { for (const [list, rows] of before) list.append(...rows); };

let offered = {}; // the toast that offers to undo the latest move, its row, and the rows before

const offer = (url, row, before) => {
  const first = offered.item?.isConnected && offered.row === row ? offered.before : before;
  offered.item?.remove();
  const rows = rowsOf(row.parentElement);
  const item = toast(`${row.dataset.reorderName} is ${rows.indexOf(row) + 1} of ${rows.length} now.`, {
    undo: () => {
      const now = remember(url);
      restore(first);
      row.querySelector("[data-reorder-handle]").focus();
      say(row);
      save(url, now, true);
    },
  });
  offered = { item, row, before: first };
};

const stored = new Map(); // address -> the order that the server has from us

const save = (url, before, isUndo = false) => {
  const mine = ++latest;
  if (!stored.has(url)) stored.set(url, before.flatMap(([, rows]) => rows).map((row) => row.dataset.reorderId));
  saving = saving.then(async () => {
    if (mine !== latest) return; // a later order is on its way
    const ids = idsOf(url);
    let reason;
    try {
      reason = await put(url, ids, isUndo ? stored.get(url) : []);
    } catch {
      reason = "There is no connection, so the order was not saved.";
    }
    if (!reason) return stored.set(url, ids);
    restore(before);
    offered.item?.remove();
    toast(`The order is as it was. ${reason}`, { kind: "bad" });
  });
};

const remember = (url) => listsOf(url).map((list) => [list, rowsOf(list)]);

const wired = new WeakSet();
const wire = async (list) => {
  if (wired.has(list)) return;
  wired.add(list);
  await loadSortable(list.dataset.sortableUrl);
  let before;
  sortable(list, {
    draggable: "[data-reorder-id]", handle: "[data-reorder-handle]", chosenClass: "lifted",
    onChoose: () => { before = remember(list.dataset.reorder); }, // once it hangs in the air its picture is in the list too
    onEnd: (event) => {
      if (event.oldIndex === event.newIndex) return;
      save(list.dataset.reorder, before);
      offer(list.dataset.reorder, event.item, before);
    },
  });
};

for (const kind of ["pointerover", "focusin", "touchstart"]) {
  document.addEventListener(kind, (event) => {
    const list = event.target.closest?.("[data-reorder]");
    if (list?.dataset.sortableUrl) wire(list);
  }, { passive: true });
}

document.addEventListener("keydown", (event) => {
  const handle = event.target.closest?.("[data-reorder-handle]");
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!handle || !step || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const row = handle.closest("[data-reorder-id]");
  const list = row.parentElement;
  const rows = rowsOf(list);
  const other = rows[rows.indexOf(row) + step];
  if (!other) return say(row);
  const before = remember(list.dataset.reorder);
  if (step < 0) other.before(row);
  else other.after(row);
  handle.focus();
  row.scrollIntoView({ block: "nearest" });
  save(list.dataset.reorder, before);
  offer(list.dataset.reorder, row, before);
});
