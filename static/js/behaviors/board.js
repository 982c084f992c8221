// The board: cards dragged by mouse, by long press, or moved by keys ("m" asks where to; Shift with the arrows moves at
// once). What becomes of a move: moving.js.
import { hold, moved, place, spotOf } from "./moving.js";

const board = document.querySelector("[data-board]");
const dialog = document.getElementById("move-card");
let asked = null;

const lists = () => [...board.querySelectorAll("[data-cards]")];

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
