// The list: dialogs that are fetched open by themselves, columns are ordered by dragging or by keys, and a field of the
// filter that is filled in counts as chosen.
import { loadSortable, sortable } from "./sortable.js";
import { announce } from "./toast.js";

const dialog = document.getElementById("list-dialog");

const open = () => {
  if (!dialog || !dialog.firstElementChild) return;
  if (!dialog.open) dialog.showModal();
  // The field that a chip names comes after the search field; a finger wants no keyboard over the rest at once.
  const firsts = [...dialog.querySelectorAll("[data-first]")];
  const first = dialog.querySelector("[aria-invalid=true]") ?? firsts.at(-1) ?? dialog.querySelector("[autofocus]");
  if (first && (first.getAttribute("aria-invalid") || !matchMedia("(pointer: coarse)").matches)) first.focus();
  if (first !== firsts[0]) first?.closest("fieldset")?.scrollIntoView({ block: "center" });
  const columns = dialog.querySelector("[data-columns]");
  if (columns) orderable(columns);
};

const place = (item) => {
  const all = [...item.parentElement.children];
  announce(`${item.querySelector("label").textContent.trim()}: place ${all.indexOf(item) + 1} of ${all.length}`);
};

const shift = (item, step) => {
  const other = step < 0 ? item.previousElementSibling : item.nextElementSibling;
  if (!other) return;
  if (step < 0) other.before(item);
  else other.after(item);
  item.scrollIntoView({ block: "nearest" });
  place(item);
};

// No more ticks than the list can show.
const limit = (list) => {
  const boxes = [...list.querySelectorAll("input[type=checkbox]")];
  const full = boxes.filter((box) => box.checked).length >= Number(list.dataset.most);
  for (const box of boxes) box.disabled = full && !box.checked;
};

const orderable = (list) => {
  if (list.dataset.wired) return;
  list.dataset.wired = "";
  limit(list);
  list.addEventListener("change", () => limit(list));
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-up], [data-down]");
    if (!button) return;
    shift(button.closest("li"), button.matches("[data-up]") ? -1 : 1);
    button.focus();
  });
  list.addEventListener("keydown", (event) => {
    if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    const focused = document.activeElement;
    shift(event.target.closest("li"), event.key === "ArrowUp" ? -1 : 1);
    focused.focus();
    event.preventDefault();
  });
  loadSortable(dialog.dataset.sortableUrl).then(() => sortable(list, { handle: ".grip", onEnd: (event) => place(event.item) }));
};

// A row opens wherever it is clicked, not only by its name; what is being selected as text stays.
document.addEventListener("click", (event) => {
  const row = event.target.closest?.(".list-table tbody tr");
  if (!row || event.target.closest("a, button, input, label") || event.defaultPrevented || getSelection().toString()) return;
  if (event.target.closest(".tick-cell")) return row.querySelector("[data-bulk-pick]").click();
  row.querySelector("a.row-link").dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ctrlKey: event.ctrlKey, metaKey: event.metaKey, view: window }));
});

// Of how many leads these are some, and what the bar of bulk acts calls the number of those that match.
const count = () => {
  const rows = document.getElementById("list-rows");
  const total = document.querySelector("[data-list-count] [data-total]")?.dataset.total;
  if (!rows || !total) return;
  rows.dataset.bulkTotal = total;
  const of = rows.querySelector("[data-of]");
  if (of) of.textContent = of.previousSibling ? ` of ${total}` : "";
};

// Another page is read from its first row, wherever one was in the one before.
let leafing = false;
document.addEventListener("click", (event) => { leafing ||= Boolean(event.target.closest?.(".list-rows > .pagination a")); });
const begin = () => {
  leafing = false;
  document.querySelector(".list-scroll")?.scrollTo(0, 0);
  document.getElementById("list-rows")?.scrollIntoView({ block: "start" });
};

if (dialog) {
  document.addEventListener("htmx:after:swap", (event) => {
    const target = event.detail?.ctx?.target ?? event.target;
    if (target === dialog) open();
    if (leafing && target.id === "list") begin();
  });
  document.addEventListener("htmx:after:swap", count);
  count();
  open(); // fetched before this script was there
  dialog.addEventListener("close", () => dialog.replaceChildren());
  // A file is saved beside the page: once the form is on its way, what asked for it may go.
  dialog.addEventListener("submit", (event) => { if (event.target.matches("[data-saves]")) setTimeout(() => dialog.close()); });
  // What is typed to find a choice has found it; the other fields may yet be wanted.
  dialog.addEventListener("keydown", (event) => { if (event.key === "Enter" && event.target.matches("[data-find]")) event.preventDefault(); });
  // Dates typed by hand stand instead of the word chosen before, and the other way round.
  dialog.addEventListener("input", (event) => {
    const field = event.target.closest("[data-filter-field]");
    if (!field) return;
    if (event.target.matches(".end input")) {
      const when = field.querySelector(".when");
      if (when && event.target.value) when.value = "";
    } else if (event.target.matches(".when") && event.target.value) {
      for (const end of field.querySelectorAll(".end input")) end.value = "";
    }
    const how = field.querySelector(".how");
    if (how && event.target !== how && ["none", "some"].includes(how.value)) how.value = "is";
    field.classList.toggle("rests", ["none", "some"].includes(how?.value));
  });
}
