// Sheets of cells ([data-sheet]) that are filled in like a spreadsheet: arrows and Enter move, a block pasted from Excel
// spreads over the cells, Escape puts back what was there. Typing goes through the browser, so that its undo works.
import { announce } from "./toast.js";

const column = (field) => field.closest("td").cellIndex;
const at = (row, index) => row?.cells[index]?.querySelector("input") ?? null;
const rowsOf = (field) => [...field.closest("[data-sheet]").rows].filter((row) => row.querySelector("input"));

const below = (field, step) => {
  const rows = rowsOf(field);
  const index = column(field);
  for (let next = rows.indexOf(field.closest("tr")) + step; rows[next]; next += step) {
    if (at(rows[next], index)) return at(rows[next], index);
  }
  return null;
};

const beside = (field, step) => {
  const { cells } = field.closest("tr");
  for (let next = column(field) + step; cells[next]; next += step) {
    if (at(field.closest("tr"), next)) return at(field.closest("tr"), next);
  }
  return null;
};

const go = (field) => {
  field?.focus();
  field?.select();
};

// Left and right leave a cell only where they would leave its text, or when all of it is selected.
const atEdge = (field, step) => {
  const { selectionStart: from, selectionEnd: to, value } = field;
  return (from === 0 && to === value.length) || (from === to && from === (step < 0 ? 0 : value.length));
};

const move = (event, field) => {
  const steps = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: -1, ArrowRight: 1 };
  const step = event.key === "Enter" ? (event.shiftKey ? -1 : 1) : steps[event.key];
  if (!step || event.altKey || event.ctrlKey || event.metaKey || (event.shiftKey && event.key !== "Enter")) return;
  const sideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
  if (sideways && !atEdge(field, step)) return;
  event.preventDefault();
  go(sideways ? beside(field, step) : below(field, step));
};

const write = (field, text) => {
  if (field.value === text) return;
  go(field);
  // The one way that the browser's undo knows; where it is gone the value is set all the same.
  if (!document.execCommand(text ? "insertText" : "delete", false, text) || field.value !== text) {
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  field.classList.add("filled");
  field.addEventListener("animationend", () => field.classList.remove("filled"), { once: true });
};

const amount = (text) => {
  const pence = /^(\d+)\s?p$/i.exec(text.trim());
  return pence ? String(pence[1] / 100) : text.trim().replace(/^£\s*/, "").replace(/,(?=\d{3})/g, "").replace(/\.00$/, "");
};

const spread = (field, text) => {
  const block = text.replace(/\r/g, "").replace(/\n+$/, "").split("\n").map((line) => line.split("\t").map(amount));
  const rows = rowsOf(field);
  const top = rows.indexOf(field.closest("tr"));
  const left = column(field);
  let filled = 0;
  let over = 0;
  block.forEach((line, down) => line.forEach((value, across) => {
    const target = at(rows[top + down], left + across);
    if (target) { write(target, value); filled += 1; } else if (value) over += 1;
  }));
  go(field);
  announce(`Pasted ${filled} cells${over ? `; ${over} did not fit` : ""}`);
};

const stepped = (pence, way, step) => {
  const up = Math.ceil(pence / step) * step;
  const near = Math.floor((pence + step / 2) / step) * step;
  return ((way === "up" ? up : near || up) / 100).toFixed(2).replace(".00", "");
};

const raise = (box) => {
  const percent = Number.parseFloat(box.querySelector("input").value);
  const form = box.closest("form");
  const [way, step = 1] = form.elements.rounding.value.split("_");
  const cells = [...form.querySelectorAll("[data-sheet] :is([name^=p-], [name^=x-])")].filter((cell) => cell.value.trim());
  if (!(Math.abs(percent) <= 50)) return;
  for (const cell of cells) {
    const pence = Math.round(Number.parseFloat(amount(cell.value)) * 100);
    if (pence > 0) write(cell, stepped(Math.round(pence * (100 + percent) / 100), way, Number(step)));
  }
  box.querySelector("button").focus();
  announce(`${cells.length} prices changed. Nothing is saved yet.`);
};

// What an empty cell comes to, in grey: the 4-weekly price of its row times the multiplier at the head of its column.
const derive = (sheet) => {
  const times = sheet.querySelector(".sheet-times tr");
  if (!times) return;
  const [way, step = 1] = sheet.closest("form")?.elements.rounding?.value.split("_") ?? [];
  for (const row of sheet.rows) {
    const base = Number.parseFloat(amount(at(row, 1)?.value ?? ""));
    for (let index = 2; index < row.cells.length && row !== times; index += 1) {
      const cell = at(row, index);
      const factor = Number.parseFloat(at(times, index)?.value);
      const pence = Math.round(base * 100) * Math.round(factor * 10000);
      if (cell) cell.placeholder = pence > 0 ? stepped(Math.floor((pence + 5000) / 10000), way, Number(step)) : "";
    }
  }
};

const cellOf = (event) => event.target.closest?.("[data-sheet] input");

document.addEventListener("focusin", (event) => {
  const field = cellOf(event);
  if (!field) return;
  field.dataset.before = field.value;
  if (field.matches(":focus-visible") && !field.readOnly) field.select();
});
document.addEventListener("keydown", (event) => {
  const field = cellOf(event);
  if (!field) return;
  if (event.key === "Escape" && field.value !== field.dataset.before) {
    event.preventDefault();
    event.stopPropagation();
    write(field, field.dataset.before);
    return;
  }
  move(event, field);
});
document.addEventListener("paste", (event) => {
  const field = cellOf(event);
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!field || field.readOnly || !text) return;
  event.preventDefault();
  if (/[\t\n]/.test(text.trimEnd())) spread(field, text);
  else document.execCommand("insertText", false, amount(text));
});
document.addEventListener("click", (event) => {
  const box = event.target.closest?.("[data-raise] button")?.closest("[data-raise]");
  if (box) raise(box);
});
for (const box of document.querySelectorAll("[data-raise]")) box.hidden = false;
document.addEventListener("input", (event) => {
  const sheet = event.target.name === "rounding" ? document.querySelector("[data-sheet]") : cellOf(event)?.closest("[data-sheet]");
  if (sheet) derive(sheet);
});
