// Selecting leads and acting on them. A page with [data-bulk-list] has a box [data-bulk-pick] a row (value: the lead's id),
// perhaps a box [data-bulk-page] for all that are shown, and the bar [data-bulk-bar]. data-bulk-total and data-bulk-query
// on the list (how many there are, which filter finds them) let all be taken that match, also those not shown.
// Elsewhere: dispatch "bulk:select" with {ids}, and hear "bulk:cleared".
import "./next_row.js";
import { styled } from "./styles.js";
import { announce } from "./toast.js";

const bar = document.querySelector("[data-bulk-bar]");
const picked = new Set();
let all = false;
let last = null;

const list = () => document.querySelector("[data-bulk-list]");
const boxes = () => [...document.querySelectorAll("[data-bulk-pick]")];
const counted = (count) => (count === "1" ? "1 lead" : `${count} leads`);
const total = () => list()?.dataset.bulkTotal ?? "";
const number = () => (all ? total() : picked.size.toLocaleString("en-GB"));

const offerAll = () => {
  const button = bar.querySelector("[data-bulk-all]");
  if (!button) return;
  const shown = boxes();
  const more = total() && total() !== String(shown.length);
  const here = shown.every((box) => box.checked);
  button.hidden = !(all || (shown.length && (more || !here)));
  button.textContent = all ? "Only these here" : here ? `Select all ${total()}` : `Select all ${shown.length} here`;
};

const fill = () => {
  for (const words of bar.querySelectorAll("[data-bulk-count]")) words.textContent = number();
  for (const words of bar.querySelectorAll("[data-bulk-number]")) words.textContent = counted(number());
  for (const button of bar.querySelectorAll("[data-bulk-confirm]")) button.dataset.confirm = button.dataset.bulkConfirm.replace("{n}", counted(number()));
  for (const form of bar.querySelectorAll("[data-bulk-form]")) {
    form.elements.leads.value = all ? "" : [...picked].join(",");
    form.elements.all.value = all ? "1" : "";
    form.elements.query.value = all ? list().dataset.bulkQuery ?? "" : "";
    if (form.elements.order) form.elements.order.value = list()?.dataset.bulkOrder ?? "";
  }
};

/** Make boxes and bar say what is selected. */
const show = () => {
  const shown = boxes();
  for (const box of shown) box.checked = all || picked.has(box.value);
  const head = document.querySelector("[data-bulk-page]");
  if (head) {
    const some = shown.filter((box) => box.checked).length;
    head.checked = some > 0 && some === shown.length;
    head.indeterminate = some > 0 && some < shown.length;
  }
  const any = all || picked.size > 0;
  if (any && bar.hidden && !bar.children.length) bar.dispatchEvent(new CustomEvent("bulk:open"));
  bar.hidden = !any;
  offerAll();
  fill();
};

const say = () => announce(all || picked.size ? `${counted(number())} selected` : "Nothing selected");

export const clear = () => {
  picked.clear();
  all = false;
  last = null;
  show();
  document.dispatchEvent(new CustomEvent("bulk:cleared"));
};

const pick = (box, on, reach) => {
  const shown = boxes();
  const ends = [shown.indexOf(reach && last?.isConnected ? last : box), shown.indexOf(box)].sort((one, other) => one - other);
  if (all) for (const each of shown) picked.add(each.value); // what is unticked leaves the others that are shown
  all = false;
  for (const each of shown.slice(ends[0], ends[1] + 1)) on ? picked.add(each.value) : picked.delete(each.value);
  last = box;
  show();
  say();
};

if (bar) {
  let shift = false;
  let menu = null; // the one that an act was asked for from
  document.addEventListener("click", (event) => {
    shift = event.shiftKey;
    menu = bar.contains(event.target) ? event.target.closest("details.menu") : null;
    if (event.target.closest("[data-bulk-clear]")) { clear(); say(); }
    if (event.target.closest("[data-bulk-all]")) {
      all = !all && boxes().every((box) => box.checked);
      if (!all) for (const box of boxes()) picked.add(box.value);
      show();
      say();
    }
  }, true);
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.matches("[data-bulk-pick]")) pick(box, box.checked, shift);
    if (box.matches("[data-bulk-page]")) {
      all = false;
      for (const each of boxes()) box.checked ? picked.add(each.value) : picked.delete(each.value);
      show();
      say();
    }
  });
  document.addEventListener("bulk:select", async (event) => {
    await styled(bar.dataset.styles);
    picked.clear();
    all = false;
    for (const id of event.detail.ids) picked.add(id);
    show();
  });
  // The answer to an act says how it went; what was selected has had its turn.
  for (const done of ["bulk:done", "bulk:begun"]) {
    bar.addEventListener(done, () => {
      for (const dialog of bar.querySelectorAll("dialog[open]")) dialog.close();
      for (const form of bar.querySelectorAll("form")) form.reset();
      bar.querySelector(".bulk-new .input")?.dispatchEvent(new Event("input")); // all tags again, not those found last
      clear();
    });
  }
  // What was typed for an act that is refused is seen again, to be put right.
  document.addEventListener("htmx:after:request", ({ detail }) => {
    if (detail?.ctx?.response?.status !== 422 || !menu || !bar.contains(detail.ctx.sourceElement)) return;
    menu.open = true;
    ([...menu.querySelectorAll("input:not([type=hidden])")].find((field) => field.value) ?? menu.querySelector("summary")).focus();
  });
  document.addEventListener("htmx:after:swap", () => setTimeout(show));
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open], details.menu[open]")) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select")) return;
    const box = event.key === "x" && event.target.closest?.("tr, .lead")?.querySelector("[data-bulk-pick]");
    if (box) pick(box, !box.checked, false);
    else if (event.key === "Escape" && !bar.hidden && !document.querySelector("#drawer > *")) { clear(); say(); }
    else return;
    event.preventDefault();
  });
  for (const box of boxes()) if (box.checked) picked.add(box.value); // a page that was gone back to keeps its ticks
  show();
}
