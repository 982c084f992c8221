// The board: cards dragged by mouse, by long press, or moved by keys ("m" asks where to; Shift with the arrows moves at
// once). The card moves at once; the server's answer is the truth, and puts it back with the reason when it says no.
import { toast, announce } from "./toast.js";

const board = document.querySelector("[data-board]");
const token = () => JSON.parse(document.body.getAttribute("hx-headers:inherited") ?? "{}")["X-CSRFToken"];
const dialog = document.getElementById("move-card");
let asked = null;
let saving = 0;

const lists = () => [...board.querySelectorAll("[data-cards]")];
const nameOf = (card) => card.querySelector("a").textContent;
const stageName = (list) => list.closest(".column").querySelector("h2").textContent.trim();

const place = (card, spot) => spot.list.insertBefore(card, spot.before?.isConnected ? spot.before : null);
const spotOf = (card) => ({ list: card.parentElement, before: card.nextElementSibling });

// A card's column as the server knows it, so that of two movers the later one is told.
const shift = (list, by) => {
  const count = list.closest(".column").querySelector(".count");
  const number = Number(count.textContent.replaceAll(",", ""));
  if (Number.isFinite(number)) count.textContent = Math.max(0, number + by).toLocaleString("en-GB");
};

const hold = (by) => {
  saving += by;
  if (saving > 0) document.body.dataset.dragging = "1";
  else delete document.body.dataset.dragging;
};

const send = async (card, from, to) => {
  const body = new URLSearchParams({ to: to.dataset.cards, from: from.list.dataset.cards });
  const above = card.previousElementSibling?.dataset.id;
  const below = card.nextElementSibling?.dataset.id;
  if (above) body.set("above", above);
  if (below) body.set("below", below);
  const answer = await fetch(`${board.dataset.moveUrl}${card.dataset.id}/stage`, {
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

// Moves of one card are sent one after the other, so that a second drag before the first is saved keeps its order.
const queues = new WeakMap();
const save = (card, from, to) => {
  const before = queues.get(card) ?? Promise.resolve(true);
  const mine = before.then(async (ok) => {
    if (!ok) return false;
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
  queues.set(card, mine.then((ok) => ok || undefined));
  card.classList.add("saving");
  hold(1);
  mine.finally(() => {
    hold(-1);
    if (queues.get(card) !== mine) card.classList.remove("saving");
  });
};

const refuse = (card, from, to, reason) => {
  if (to !== from.list) { shift(to, -1); shift(from.list, 1); }
  place(card, from);
  queues.delete(card);
  toast(`${nameOf(card)} was put back. ${reason}`, { kind: "bad" });
  for (const list of [from.list, to]) list.closest(".column").dispatchEvent(new CustomEvent("refresh"));
};

const moved = (card, from, to) => {
  if (to !== from.list) { shift(from.list, -1); shift(to, 1); }
  announce(`${nameOf(card)}: ${stageName(from.list)} to ${stageName(to)}`);
  save(card, from, to);
};

const moveTo = (card, list) => {
  const from = spotOf(card);
  if (list === from.list) return;
  const link = card.querySelector("a");
  place(card, { list, before: list.firstElementChild });
  moved(card, from, list);
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
  link.focus();
};

const ask = (card) => {
  asked = card;
  for (const choice of dialog.querySelectorAll("[data-move-to]")) {
    choice.disabled = choice.dataset.moveTo === card.parentElement.dataset.cards;
  }
  dialog.showModal();
};

const wired = new WeakSet();
const wire = () => {
  for (const list of lists()) {
    if (wired.has(list)) continue;
    wired.add(list);
    let from;
    new window.Sortable(list, {
      group: "leads", draggable: ".lead", animation: 120, ghostClass: "ghost", chosenClass: "lifted",
      // Under a finger the library scrolls the board at its edges only when it does all of the dragging itself.
      forceFallback: matchMedia("(any-pointer: coarse)").matches, fallbackTolerance: 4,
      delay: 250, delayOnTouchOnly: true, touchStartThreshold: 6, scrollSensitivity: 80, bubbleScroll: true,
      onStart: (event) => { hold(1); from = { list, before: event.item.nextElementSibling }; },
      onEnd: (event) => {
        if (event.to !== list || event.oldIndex !== event.newIndex) moved(event.item, from, event.to);
        hold(-1);
      },
    });
  }
};

// Cards fetched by scrolling join the list of their column, which from then on refreshes with as many.
const adopt = () => {
  for (const extra of board.querySelectorAll("[data-more-cards]")) {
    const column = extra.closest(".column");
    const list = column.querySelector("[data-cards]");
    list.append(...extra.children);
    extra.remove();
    const url = new URL(column.getAttribute("hx-get"), location.href);
    url.searchParams.set("shown", list.children.length);
    column.setAttribute("hx-get", url.pathname + url.search);
  }
};

// The dragging library is wanted by nobody's first glance, so it comes when the page is at rest.
const loadSortable = () => {
  const script = document.createElement("script");
  script.src = board.dataset.sortableUrl;
  script.onload = () => { wire(); document.addEventListener("htmx:after:swap", wire); board.dataset.ready = ""; };
  document.head.append(script);
};

if (board) {
  (window.requestIdleCallback ?? setTimeout)(loadSortable);
  document.addEventListener("htmx:after:swap", adopt);
  board.addEventListener("keydown", (event) => {
    const card = event.target.closest(".lead");
    if (!card || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = lists();
    const at = all.indexOf(card.parentElement);
    if (event.key === "m") ask(card);
    else if (event.shiftKey && event.key === "ArrowRight" && all[at + 1]) moveTo(card, all[at + 1]);
    else if (event.shiftKey && event.key === "ArrowLeft" && all[at - 1]) moveTo(card, all[at - 1]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  dialog?.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-move-to]");
    if (!choice || !asked) return;
    dialog.close();
    moveTo(asked, lists().find((list) => list.dataset.cards === choice.dataset.moveTo));
  });
}
