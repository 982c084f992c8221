// Whoever acts on a row goes on at the next one when theirs is gone, and at the heading when no row is left: the focus of
// a part with [data-keeps-focus] (and of the bar of bulk acts, which speaks of its rows) never falls back to the page.
// A row is one of a table, or a card of a queue.
let held = null; // what had the focus, in which list, at which row

const ROW = "tbody tr, .ready-card";
const rowsOf = (list) => [...list.querySelectorAll(ROW)];
const stands = (element) => element.isConnected && element.getClientRects().length > 0;

const hold = (target) => {
  const list = target.closest?.("[data-keeps-focus]");
  if (list) {
    const at = rowsOf(list).indexOf(target.closest(ROW));
    held = { target, id: list.id, at: at < 0 ? 0 : at };
  } else if (target.closest?.("[data-bulk-bar]")) held &&= { ...held, target };
  else if (!target.closest?.("dialog")) held = null; // a question that is asked before the act gives the focus back
};

const mend = () => {
  if (!held || stands(held.target) || ![document.body, held.target].includes(document.activeElement)) return;
  const list = document.getElementById(held.id);
  const rows = list ? rowsOf(list) : [];
  const next = rows[Math.min(held.at, rows.length - 1)]?.querySelector("a") ?? list?.querySelector("h2") ?? document.querySelector("h1");
  if (next.matches("h1")) next.tabIndex = -1; // a morph would take it from any other
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
};

document.addEventListener("focusin", (event) => hold(event.target));
document.addEventListener("pointerdown", (event) => hold(event.target));
for (const done of ["htmx:after:swap", "bulk:done", "bulk:begun", "bulk:cleared"]) document.addEventListener(done, () => setTimeout(mend));
hold(document.activeElement);
