// Several cards at once: Ctrl or Shift with a click, or x, chooses cards; dragging one of them takes all along.
import { idOf, nameOf, place, spotOf } from "./moving.js";
import { announce } from "./toast.js";

const board = document.querySelector("[data-board]");
const bar = document.querySelector("[data-selection]");
const chosen = new Set();
let last = null;

const cards = () => [...board.querySelectorAll(".lead")];
export const chosenCards = () => cards().filter((card) => chosen.has(idOf(card)));

// Live refreshes write cards anew, so the marks are set again after each.
export const mark = () => {
  const found = new Set();
  for (const card of cards()) {
    const is = chosen.has(idOf(card));
    card.classList.toggle("chosen", is);
    if (is) found.add(idOf(card));
    const link = card.querySelector("a");
    if (is) link.setAttribute("aria-description", "Chosen");
    else link.removeAttribute("aria-description");
  }
  for (const id of chosen) if (!found.has(id)) chosen.delete(id);
  if (!bar) return;
  bar.hidden = !chosen.size;
  bar.querySelector("[data-selected-count]").textContent = chosen.size;
};

export const toggle = (card) => {
  const id = idOf(card);
  if (!chosen.delete(id)) chosen.add(id);
  last = id;
  mark();
  announce(`${nameOf(card)} ${chosen.has(id) ? "chosen" : "not chosen"}, ${chosen.size} in all`);
};

const stretchTo = (card) => {
  const all = [...card.parentElement.querySelectorAll(":scope > .lead")];
  const from = all.findIndex((each) => idOf(each) === last);
  const to = all.indexOf(card);
  for (const each of from < 0 ? [card] : all.slice(Math.min(from, to), Math.max(from, to) + 1)) chosen.add(idOf(each));
  last = idOf(card);
  mark();
  announce(`${chosen.size} chosen`);
};

export const clear = () => {
  if (!chosen.size) return false;
  chosen.clear();
  mark();
  announce("None chosen");
  return true;
};

/** The moves of a card that now stands in its new place, with those of the chosen ones that go along behind it. */
export const withChosen = (card, from) => {
  const moves = [{ card, from }];
  if (!chosen.has(idOf(card)) || chosen.size < 2) return moves;
  let behind = card;
  for (const other of chosenCards().filter((each) => each !== card)) {
    moves.push({ card: other, from: spotOf(other) });
    place(other, { list: card.parentElement, before: behind.nextElementSibling });
    behind = other;
  }
  clear();
  return moves;
};

// On a slow line the button may be pressed before the bar's script is here to hear it.
const actOn = async (ids) => {
  await import("./bulk.js");
  document.dispatchEvent(new CustomEvent("bulk:select", { detail: { ids } }));
};

if (board && bar) {
  // Before htmx sees the click and opens the card.
  board.addEventListener("click", (event) => {
    const card = event.target.closest(".lead");
    if (!card || !(event.ctrlKey || event.metaKey || event.shiftKey)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.shiftKey) stretchTo(card);
    else toggle(card);
    card.querySelector("a").focus();
  }, true);
  bar.addEventListener("click", (event) => {
    if (event.target.closest("[data-select-none]")) clear();
    if (event.target.closest("[data-more-acts]")) actOn([...chosen]);
  });
  document.addEventListener("bulk:cleared", clear);
  document.addEventListener("htmx:after:swap", mark);
}
