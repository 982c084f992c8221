// The board: cards dragged by mouse, by long press, or by keys ("m" asks where to; lifting.js), one or several
// (selecting.js). What becomes of a move: moving.js.
import { choose } from "./choosing.js";
import "./columns.js";
import { keysAreOff } from "./hotkeys.js";
import { pressed } from "./lifting.js";
import { hold, moved, nameOf, place, spotOf, stageName } from "./moving.js";
import { chosenCards, clear, toggle, withChosen } from "./selecting.js";
import { loadSortable, sortable } from "./sortable.js";
import { announce } from "./toast.js";

const board = document.querySelector("[data-board]");
const dialog = document.getElementById("move-card");
const mayMove = "mayMove" in board.dataset;
let asked = null;

const lists = () => [...board.querySelectorAll("[data-cards]")];
const listOf = (id) => board.querySelector(`.column [data-cards="${id}"]`) ?? board.querySelector(`[data-cards="${id}"]`);

const moveTo = (card, list) => {
  const from = spotOf(card);
  const link = card.querySelector("a");
  place(card, { list, before: list.firstElementChild });
  moved(withChosen(card, from), list);
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
  link.focus({ preventScroll: true });
};

const ask = (card) => {
  asked = card;
  choose(dialog, card.parentElement.dataset.cards, chosenCards().length > 1);
};

// What a hand holds: the card, and how many come along.
const grasp = (card, is) => {
  const along = chosenCards();
  if (is && along.length > 1 && along.includes(card)) card.dataset.along = along.length;
  else delete card.dataset.along;
  for (const each of along) each.classList.toggle("along", is && each !== card && "along" in card.dataset);
};

const wired = new WeakSet();
const wire = () => {
  for (const list of lists()) {
    if (wired.has(list)) continue;
    wired.add(list);
    let from;
    sortable(list, {
      group: "leads", draggable: ".lead", chosenClass: "lifted", sort: board.dataset.board === "hand",
      delay: 250, delayOnTouchOnly: true, touchStartThreshold: 6, bubbleScroll: true,
      scrollSensitivity: innerWidth > 700 ? 130 : 80, // the rail covers 64 of them
      // From the moment it is touched: a refresh would take the card out of the hand.
      onChoose: (event) => { hold(1); from = spotOf(event.item); },
      onUnchoose: () => hold(-1),
      onStart: (event) => { hold(1); grasp(event.item, true); },
      onEnd: (event) => {
        grasp(event.item, false);
        if (event.to !== list || event.oldIndex !== event.newIndex) moved(withChosen(event.item, from), event.to);
        hold(-1);
      },
      onCalledOff: (event) => {
        grasp(event.item, false);
        announce(`${nameOf(event.item)} is back in ${stageName(list)}`);
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
    // One that another move has brought here meanwhile is not shown twice.
    for (const card of [...extra.children]) if (!list.querySelector(`#${CSS.escape(card.id)}`)) list.append(card);
    extra.remove();
    const url = new URL(column.getAttribute("hx-get"), location.href);
    url.searchParams.set("shown", list.children.length);
    column.setAttribute("hx-get", url.pathname + url.search);
  }
};

// The dragging library and the looks of what opens later are wanted by nobody's first glance: they come at rest.
const loadLater = () => {
  import("./list.js"); // the dialogs of filter and views
  const looks = document.createElement("link");
  Object.assign(looks, { rel: "stylesheet", href: board.dataset.stylesUrl });
  document.head.append(looks);
  if (!mayMove) { board.dataset.ready = ""; return; }
  loadSortable(board.dataset.sortableUrl).then(() => {
    wire();
    document.addEventListener("htmx:after:swap", wire);
    board.dataset.ready = "";
  });
};

const undoLast = () => {
  const button = document.querySelector("#toasts [data-move-toast] button:not([data-toast-close])");
  button?.click();
  return Boolean(button);
};

const keyed = (event) => {
  const card = event.target.closest(".lead");
  if (!mayMove || event.altKey) return false;
  if (event.ctrlKey || event.metaKey) return event.key === "z" && undoLast();
  if (!card) return false;
  if (pressed(card, event)) return true;
  if (event.key === "Escape") return clear();
  if (keysAreOff()) return false;
  if (event.key === "m") ask(chosenCards().includes(card) ? card : (chosenCards()[0] ?? card));
  else if (event.key === "x") toggle(card);
  else return false;
  return true;
};

(window.requestIdleCallback ?? setTimeout)(loadLater);
document.addEventListener("htmx:after:swap", adopt);
board.addEventListener("keydown", (event) => {
  if (!keyed(event)) return;
  event.preventDefault();
  event.stopPropagation();
});
document.querySelector("[data-move-selected]")?.addEventListener("click", () => { if (chosenCards()[0]) ask(chosenCards()[0]); });
dialog?.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-move-to]");
  if (!choice || !asked) return;
  dialog.close();
  moveTo(asked, listOf(choice.dataset.moveTo));
});

// The order that was chosen is asked for at once. The arrows only pass over the choices: theirs is taken by Enter, or by
// going on.
const order = document.querySelector("[data-order]");
let passing = false;
const takeOrder = () => {
  if (passing && !order.sort.selectedOptions[0].defaultSelected) order.requestSubmit();
  passing = false;
};
order?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && passing) { event.preventDefault(); takeOrder(); }
  else if (event.key !== "Tab") passing = !event.altKey && event.key !== " " && event.key !== "Enter";
});
order?.addEventListener("pointerdown", () => { passing = false; });
order?.addEventListener("change", () => { if (!passing) order.requestSubmit(); });
order?.addEventListener("focusout", takeOrder);
