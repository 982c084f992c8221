// Dragging by keys: Space lifts the card that has the focus, the arrows carry it, Space or Enter puts it down, Escape
// puts it back. Each step is said aloud. Shift with an arrow is lift, carry and drop in one.
import { hold, moved, nameOf, place, spotOf, stageName } from "./moving.js";
import { withChosen } from "./selecting.js";
import { announce } from "./toast.js";

const board = document.querySelector("[data-board]");
let lifted = null; // { card, from }
let carrying = false;

// A final stage that stands open is met as its column, not once more in the rail.
const lists = () => [...board.querySelectorAll("[data-cards]")].filter((list) => list.closest(".column") || !board.querySelector(`.column [data-cards="${list.dataset.cards}"]`));
const cardsOf = (list) => [...list.querySelectorAll(":scope > .lead")];

const where = (card) => {
  const all = cardsOf(card.parentElement);
  return `${stageName(card.parentElement)}, ${all.indexOf(card) + 1} of ${all.length}`;
};

const put = (card, spot) => {
  carrying = true;
  place(card, spot);
  card.querySelector("a").focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
  carrying = false;
};

const spotAt = (card, key) => {
  const list = card.parentElement;
  const all = cardsOf(list);
  const at = all.indexOf(card);
  if (key === "ArrowUp" || key === "ArrowDown") {
    if (board.dataset.board !== "hand") return announce("Cards stand in an order of their own. Choose “By hand” to place them.");
    const next = key === "ArrowUp" ? at - 1 : at + 1;
    if (!all[next]) return null;
    return { list, before: key === "ArrowUp" ? all[next] : all[next].nextElementSibling };
  }
  const every = lists();
  const to = every[every.indexOf(list) + (key === "ArrowRight" ? 1 : -1)];
  return to ? { list: to, before: to.closest(".column") ? cardsOf(to)[at] ?? null : null } : null;
};

const lift = (card) => {
  lifted = { card, from: spotOf(card) };
  card.classList.add("lifted");
  hold(1);
  announce(`${nameOf(card)} lifted from ${where(card)}. Arrows carry it, Space puts it down, Escape puts it back.`);
};

const letGo = () => {
  const { card, from } = lifted;
  lifted = null;
  card.classList.remove("lifted");
  hold(-1);
  return { card, from };
};

const drop = () => {
  const { card, from } = letGo();
  const stays = card.parentElement === from.list && card.nextElementSibling === from.before;
  if (stays) announce(`${nameOf(card)} put down where it was`);
  else moved(withChosen(card, from), card.parentElement);
};

const putBack = () => {
  const { card, from } = letGo();
  put(card, from);
  announce(`${nameOf(card)} is back in ${where(card)}`);
};

/** Take a key on a card; true when it meant something here. */
export const pressed = (card, event) => {
  const { key, shiftKey } = event;
  if (lifted) {
    if (key === " " || key === "Enter") drop();
    else if (key === "Escape") putBack();
    else if (key.startsWith("Arrow")) {
      const spot = spotAt(lifted.card, key);
      if (spot) { put(lifted.card, spot); announce(where(lifted.card)); }
    } else return key === "Tab" ? (putBack(), false) : true;
    return true;
  }
  if (key === " " && !shiftKey) { lift(card); return true; }
  if (!shiftKey || !key.startsWith("Arrow")) return false;
  const from = spotOf(card);
  const spot = spotAt(card, key);
  if (spot) { put(card, spot); moved(withChosen(card, from), card.parentElement); }
  return true;
};

board?.addEventListener("focusout", () => { if (lifted && !carrying) setTimeout(() => lifted && !lifted.card.contains(document.activeElement) && putBack()); });
