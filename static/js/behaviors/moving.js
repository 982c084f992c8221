// Saving a card's move: it stands at its new place at once, the server's answer is the truth, and a no puts it back with
// the reason.
import { toast, announce } from "./toast.js";

let saving = 0;
const queues = new WeakMap();

const token = () => JSON.parse(document.body.getAttribute("hx-headers:inherited") ?? "{}")["X-CSRFToken"];
const nameOf = (card) => card.querySelector("a").textContent;
const stageName = (list) => list.closest(".column").querySelector("h2").textContent.trim();

export const place = (card, spot) => spot.list.insertBefore(card, spot.before?.isConnected ? spot.before : null);
export const spotOf = (card) => ({ list: card.parentElement, before: card.nextElementSibling });

// The count above a column moves with its card.
const shift = (list, by) => {
  const count = list.closest(".column").querySelector(".count");
  const number = Number(count.textContent.replaceAll(",", ""));
  if (Number.isFinite(number)) count.textContent = Math.max(0, number + by).toLocaleString("en-GB");
};

// While a card is held or being saved, live refreshes of the board wait.
export const hold = (by) => {
  saving += by;
  if (saving > 0) document.body.dataset.dragging = "1";
  else delete document.body.dataset.dragging;
};

const send = async (card, from, to) => {
  // `from` is the column in which the mover saw it, so that of two movers the later one is told.
  const body = new URLSearchParams({ to: to.dataset.cards, from: from.list.dataset.cards });
  const above = card.previousElementSibling?.dataset.id;
  const below = card.nextElementSibling?.dataset.id;
  if (above) body.set("above", above);
  if (below) body.set("below", below);
  const answer = await fetch(`${document.querySelector("[data-board]").dataset.moveUrl}${card.dataset.id}/stage`, {
    method: "POST",
    body,
    headers: { Accept: "text/plain", "X-CSRFToken": token() },
  });
  if (answer.ok) return "";
  if (answer.status === 409) return answer.text();
  if (answer.status === 403) return "Your role does not allow moving leads.";
  if (answer.status === 401) return "You are signed out. Sign in again.";
  return "It could not be saved. Try again.";
};

const refresh = (...lists) => {
  for (const list of lists) list.closest(".column").dispatchEvent(new CustomEvent("refresh"));
};

const refuse = (card, from, to, reason) => {
  if (to !== from.list) { shift(to, -1); shift(from.list, 1); }
  place(card, from);
  queues.delete(card);
  toast(`${nameOf(card)} was put back. ${reason}`, { kind: "bad" });
  refresh(from.list, to);
};

// Moves of one card are sent one after the other, so that a second drag before the first is saved keeps its order.
const save = (card, from, to) => {
  const before = queues.get(card) ?? Promise.resolve(true);
  const mine = before.then(async (ok) => {
    if (!ok) {
      refresh(from.list, to); // the move before was put back, and this one with it
      return false;
    }
    let reason;
    try {
      reason = await send(card, from, to);
    } catch {
      reason = "There is no connection, so the move was not saved.";
    }
    if (!reason) return true;
    refuse(card, from, to, reason);
    return false;
  });
  queues.set(card, mine);
  card.classList.add("saving");
  hold(1);
  mine.finally(() => {
    hold(-1);
    if (!queues.has(card) || queues.get(card) === mine) card.classList.remove("saving");
  });
};

export const moved = (card, from, to) => {
  if (to !== from.list) { shift(from.list, -1); shift(to, 1); }
  announce(`${nameOf(card)}: ${stageName(from.list)} to ${stageName(to)}`);
  save(card, from, to);
};
