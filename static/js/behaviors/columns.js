// The columns of the board: those further right fetch their cards when they come near, a final stage opens from the rail
// and folds away again, and on a phone a row of words leads from one to the other.
const board = document.querySelector("[data-board]");
const nav = document.querySelector("[data-stages-nav]");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const LONGEST_GLIDE = "onscrollend" in window ? 1000 : 300; // ms: not every browser says that a scroll has ended

const columnOf = (id) => board.querySelector(`.column[data-stage="${id}"]`);

const inAddress = (id, isOpen) => {
  const url = new URL(location.href);
  const open = new Set(url.searchParams.getAll("open"));
  if (isOpen) open.add(id);
  else open.delete(id);
  url.searchParams.delete("open");
  for (const each of open) url.searchParams.append("open", each);
  history.replaceState(history.state, "", url);
};

// A swipe glides on to the next column by itself, and would carry the board back from wherever a tap had taken it.
let gliding = false;
const stillness = () => new Promise((resolve) => {
  if (!gliding) return resolve();
  const stop = new AbortController();
  const done = () => { if (stop.signal.aborted) return; stop.abort(); gliding = false; resolve(); };
  board.addEventListener("scrollend", done, { signal: stop.signal });
  setTimeout(done, LONGEST_GLIDE);
  return undefined;
});

// Far ones are gone to at once: what arrives on the way would stop a smooth scroll short.
const show = (column) => {
  const left = column.offsetLeft - board.offsetLeft - parseFloat(getComputedStyle(board).scrollPaddingInlineStart || 0);
  const isFar = Math.abs(left - board.scrollLeft) > 1.5 * column.offsetWidth;
  board.scrollTo({ left, behavior: isFar || calm.matches ? "auto" : "smooth" });
};

const open = async (link) => {
  const id = link.dataset.toStage;
  if (!columnOf(id)) {
    await window.htmx.ajax("GET", link.href, { target: board.querySelector(".rail"), swap: "beforebegin" });
    if (!columnOf(id)) return;
    inAddress(id, true);
    watch();
  }
  await stillness();
  if (!columnOf(id)) return;
  show(columnOf(id));
  columnOf(id).querySelector(".lead > a, [data-fold]")?.focus({ preventScroll: true });
};

const fold = (column) => {
  const { stage } = column.dataset;
  column.remove();
  inAddress(stage, false);
  board.querySelector(`.rail [data-to-stage="${stage}"]`)?.focus({ preventScroll: true });
};

const here = (id) => {
  for (const link of nav?.children ?? []) {
    const is = link.dataset.toStage === id;
    if (is === link.hasAttribute("aria-current")) continue;
    if (!is) { link.removeAttribute("aria-current"); continue; }
    link.setAttribute("aria-current", "true");
    nav.scrollTo({ left: link.offsetLeft - (nav.clientWidth - link.offsetWidth) / 2, behavior: calm.matches ? "auto" : "smooth" });
  }
};

const near = board && new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (isIntersecting && "waiting" in target.dataset) target.dispatchEvent(new CustomEvent("refresh"));
  }
}, { root: board, rootMargin: "0px 700px" });

// One that could not be fetched is asked for again while it is near.
const LATER = 5000; // ms
document.addEventListener("htmx:finally:request", (event) => {
  const column = event.detail?.ctx?.sourceElement;
  if (column?.matches?.(".column[data-waiting]")) setTimeout(() => { near.unobserve(column); near.observe(column); }, LATER);
});

const sight = board && new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) if (isIntersecting) here(target.dataset.stage);
}, { root: board, threshold: 0.6 });

const watch = () => {
  for (const column of board.querySelectorAll(".column")) {
    near.observe(column);
    if (nav?.checkVisibility()) sight.observe(column);
  }
};

// Counts in the row of words follow those of the columns and the rail.
const count = () => {
  for (const link of nav.children) {
    const id = link.dataset.toStage;
    const shown = (columnOf(id) ?? board.querySelector(`.slot[data-stage="${id}"]`))?.querySelector(".count");
    const mine = link.querySelector(".count");
    if (shown && mine.textContent !== shown.textContent) mine.textContent = shown.textContent;
  }
};

// What comes in above must not push away what one is reading: the first card in sight stays where it is.
let anchors = [];
const hold = () => {
  anchors = [];
  for (const list of board.querySelectorAll("[data-cards]")) {
    if (!list.scrollTop) continue;
    const edge = list.getBoundingClientRect().top;
    const seen = [...list.children].filter((card) => card.id && card.getBoundingClientRect().bottom > edge).slice(0, 6);
    anchors.push({ list, seen: seen.map((card) => [card.id, card.getBoundingClientRect().top]) });
  }
};
const release = () => {
  for (const { list, seen } of anchors) {
    const [id, top] = seen.find(([each]) => document.getElementById(each)?.parentElement === list) ?? [];
    if (id) list.scrollTop += document.getElementById(id).getBoundingClientRect().top - top;
  }
  anchors = [];
};

if (board) {
  watch();
  board.addEventListener("scroll", () => { gliding = true; }, { passive: true });
  board.addEventListener("scrollend", () => { gliding = false; });
  // A narrowed board begins where its first leads are.
  const first = board.querySelector(".bare") && board.querySelector(".column:not(.bare)");
  if (first && first.getBoundingClientRect().right > innerWidth - 64) first.scrollIntoView({ block: "nearest", inline: "nearest" });
  document.addEventListener("htmx:before:swap", hold);
  document.addEventListener("htmx:after:swap", release);
  document.addEventListener("htmx:after:swap", count);
  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target.closest("[data-to-stage]");
    const folded = event.target.closest("[data-fold]");
    if (!link && !folded) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (link) open(link);
    else fold(folded.closest(".column"));
  }, true);
}
