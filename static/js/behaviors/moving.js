// Saving moves of cards: they stand at their new place at once, the server's answer is the truth, and a no puts a card
// back with the reason. Moves are sent one after the other, so that a second drag before the first is saved keeps its
// order; one may be taken back for half a minute.
import { askFarewell } from "./farewell.js";
import { send } from "./signed_out.js";
import { announce, toast } from "./toast.js";

const board = document.querySelector("[data-board]");
const LONGEST = 15000; // ms until an answer counts as lost
let held = 0;
let line = Promise.resolve();
const refused = new WeakSet(); // cards whose last move was put back: what was piled on it falls with it
const pending = new WeakMap();

export const idOf = (card) => card?.id?.replace("lead-", "");
export const nameOf = (card) => card.querySelector("a").textContent;
export const homeOf = (list) => list.closest("[data-stage]");
export const stageName = (list) => homeOf(list).querySelector("h2, .name").textContent.trim();
export const spotOf = (card) => ({ list: card.parentElement, before: card.nextElementSibling });
export const place = (card, spot) => spot.list.insertBefore(card, spot.before?.parentElement === spot.list ? spot.before : null);

// The counts of a stage move with its card, wherever they are shown.
const shift = (list, by) => {
  for (const count of document.querySelectorAll(`[data-stage="${list.dataset.cards}"] .count, [data-to-stage="${list.dataset.cards}"] > .count`)) {
    const number = Number(count.textContent.replaceAll(",", ""));
    if (Number.isFinite(number)) count.textContent = Math.max(0, number + by).toLocaleString("en-GB");
  }
};

// While a card is held or being saved, live refreshes of the board wait.
export const hold = (by) => {
  held += by;
  if (held > 0) document.body.dataset.dragging = "1";
  else delete document.body.dataset.dragging;
};

const UNREACHED = "There is no connection, so nothing was saved.";
const REFUSALS = {
  401: "You are signed out. Sign in again.",
  403: "Your role does not allow moving leads.",
  404: "It is not here any more.",
};

/** Post to a lead, even when the page is left meanwhile; resolves with "" or the reason for a no. */
const post = async (card, act, fields) => {
  const url = `${board.dataset.moveUrl}${idOf(card)}/${act}`;
  const headers = { Accept: "text/plain" };
  try {
    const answer = await send(url, { method: "POST", body: new URLSearchParams(fields), headers, keepalive: true, signal: AbortSignal.timeout(LONGEST) });
    if (answer.ok) return "";
    if (answer.status === 409 || answer.status === 422) return await answer.text();
    return REFUSALS[answer.status] ?? "It could not be saved. Try again.";
  } catch {
    return UNREACHED;
  }
};

const refresh = (lists) => {
  for (const home of new Set(lists.map((list) => homeOf(list)))) (home.closest(".rail") ?? home).dispatchEvent(new CustomEvent("refresh"));
};

const putBack = (moves, to) => {
  for (const { card, from } of [...moves].reverse()) {
    if (from.list !== to) { shift(to, -1); shift(from.list, 1); }
    place(card, from);
  }
};

const fieldsFor = (card, from, to, told) => {
  // `from` is the column in which the mover saw it, so that of two movers the later one is told.
  const fields = new URLSearchParams({ to: to.dataset.cards, from: from.list.dataset.cards });
  for (const [side, neighbour] of [["above", card.previousElementSibling], ["below", card.nextElementSibling]]) {
    if (neighbour?.matches(".lead")) fields.set(side, idOf(neighbour));
  }
  for (const name of ["agreed", "reason_key", "returns_on", "reason"]) if (told?.has(name)) fields.set(name, told.get(name));
  return fields;
};

const save = (move, to, told) => {
  const { card, from } = move;
  const fields = fieldsFor(card, from, to, told); // as it stands now: it may be dragged on before its turn comes
  const mine = line.then(async () => {
    if (refused.has(card)) return false;
    const reason = await post(card, "stage", fields);
    if (!reason) return true;
    refused.add(card);
    putBack([move], to);
    toast(`${nameOf(card)} was put back. ${reason}`, { kind: "bad" });
    return false;
  });
  line = mine;
  pending.set(card, mine);
  refused.delete(card);
  card.classList.add("saving");
  hold(1);
  return mine.finally(() => {
    hold(-1);
    if (pending.get(card) === mine) card.classList.remove("saving");
    if (refused.has(card) || board.dataset.board !== "hand") refresh([from.list, to]);
  });
};

const offerUndo = (moves, to) => {
  const words = moves.length === 1 ? nameOf(moves[0].card) : `${moves.length} leads`;
  for (const old of document.querySelectorAll("#toasts [data-move-toast]")) old.remove();
  toast(`${words} moved to ${stageName(to)}`, { undo: () => takeBack(moves, to) });
  const made = document.querySelector("#toasts > :last-child");
  if (made) made.dataset.moveToast = "";
};

const takeBack = async (moves, to) => {
  hold(1);
  const there = moves.map(({ card }) => spotOf(card));
  const before = document.activeElement; // moving a card in the page takes the focus from it, and the button has gone
  putBack(moves, to);
  if (document.activeElement === document.body || moves.some(({ card }) => card.contains(before))) moves[0].card.querySelector("a").focus({ preventScroll: true });
  const answers = await Promise.all(moves.map(({ card }) => post(card, "stage/undo", {})));
  const kept = moves.filter((move, at) => answers[at]);
  for (const { card, from } of [...kept].reverse()) {
    place(card, there[moves.findIndex((move) => move.card === card)]);
    shift(from.list, -1);
    shift(to, 1);
  }
  hold(-1);
  const reason = answers.find(Boolean);
  if (reason) toast(reason, { kind: "bad", undo: reason === UNREACHED ? () => takeBack(kept, to) : null });
  else announce(`${moves.length === 1 ? nameOf(moves[0].card) : `${moves.length} leads`} back in ${stageName(moves[0].from.list)}`);
  refresh([to, ...moves.map(({ from }) => from.list)]);
};

/** Cards have been put into the list `to`: say so, ask what has to be asked, save. moves: [{card, from}] in their order. */
export const moved = async (moves, to) => {
  const across = moves.filter(({ from }) => from.list !== to);
  for (const { from } of across) { shift(from.list, -1); shift(to, 1); }
  const words = moves.length === 1 ? nameOf(moves[0].card) : `${moves.length} leads`;
  let told = null;
  if (across.length && homeOf(to).matches("[data-final]")) {
    hold(1);
    told = await askFarewell(board.dataset.moveUrl, to.dataset.cards, across.map(({ card }) => idOf(card)));
    if (!told) putBack(moves, to);
    hold(-1);
    if (told === undefined) toast(`${words} was put back. ${UNREACHED}`, { kind: "bad" });
    if (!told) return announce(`${words} stays in ${stageName(across[0].from.list)}`);
  }
  const cards = [...to.querySelectorAll(":scope > .lead")];
  announce(across.length ? `${words}: ${stageName(across[0].from.list)} to ${stageName(to)}` : `${words}: place ${cards.indexOf(moves[0].card) + 1} of ${cards.length}`);
  const saved = await Promise.all(moves.map((move) => save(move, to, told)));
  const done = moves.filter((move, at) => saved[at] && move.from.list !== to);
  if (done.length) offerUndo(done, to);
};
