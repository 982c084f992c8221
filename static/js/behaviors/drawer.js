// The drawer beside the board or list. Opening moves the focus to its title; Escape or its cross empties it, puts the
// address back and returns the focus to the card it came from; so does Back. On a phone it covers the page, which is then inert.
import { confirmFirst } from "./dialog.js";

const drawer = document.getElementById("drawer");
const small = matchMedia("(max-width: 700px)");
let cameFrom = null;
let shown = "";
let heading = null; // the title that stood there last
let inside = false; // whether the person was last at work in the drawer

const path = (href) => new URL(href, location.href).pathname;
const isOpen = () => Boolean(drawer?.firstElementChild);

const linkTo = (wanted) => [...document.querySelectorAll("#main a[href]")].find((link) => path(link.href) === wanted);

const mark = () => {
  for (const old of document.querySelectorAll("#main [aria-current=true][data-open]")) {
    old.removeAttribute("aria-current");
    delete old.dataset.open;
  }
  const item = isOpen() && linkTo(location.pathname)?.closest(".lead, tr");
  if (item) {
    item.setAttribute("aria-current", "true");
    item.dataset.open = "";
  }
};

// What takes the focus must not come to lie behind the head, which is as tall as its title is long and the text is large.
const clearOfHead = () => {
  const head = drawer?.querySelector(".drawer-head");
  if (head) drawer.style.scrollPaddingBlockStart = `${head.offsetHeight + 8}px`;
};

// The tab is called by what is open on its page, a lead or a conversation, so that it is told from the others.
const names = () => ["#drawer [data-drawer-title]", "#main [data-talk-title]"].map((each) => document.querySelector(each)?.textContent.trim()).filter(Boolean);
const called = (page) => [...names(), page].join(" · ");
const own = document.title.startsWith(called("")) ? document.title.slice(called("").length) : document.title;
const settle = () => {
  document.title = called(own);
  const shell = document.querySelector(".shell");
  if (shell) shell.inert = isOpen() && small.matches;
  mark();
};

// What is being written in the drawer, unless it is kept (drafts.js), is left after a question only.
const written = () => drawer.querySelector("form[data-guard][data-dirty]:not(.pane)");
const leave = (act) => {
  if (!written()) return act();
  const question = document.createElement("span");
  Object.assign(question.dataset, { confirm: "Leave what you typed? It has not been saved.", confirmWord: "Leave" });
  return confirmFirst(question, act);
};

export function closeDrawer() {
  if (!isOpen()) return;
  const back = drawer.querySelector("[data-drawer-close]")?.href;
  const wanted = cameFrom ?? location.pathname;
  document.dispatchEvent(new CustomEvent("drawer:closing"));
  drawer.replaceChildren();
  if (back && path(back) !== location.pathname) history.pushState({ htmx: true }, "", back);
  shown = "";
  cameFrom = null;
  settle();
  (linkTo(wanted) ?? document.getElementById("main"))?.focus();
}

if (drawer) {
  document.addEventListener("click", (event) => {
    const closer = event.target.closest("[data-drawer-close]");
    if (closer && drawer.contains(closer) && !event.metaKey && !event.ctrlKey) {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (document.querySelector(".main > *")) leave(closeDrawer);
      else location.assign(closer.href);
    }
  }, true);

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || !isOpen() || document.querySelector("dialog[open]")) return;
    if (document.body.dataset.dragging) return;
    const field = document.activeElement;
    if (drawer.contains(field) && field.matches("input, textarea, select")) return field.blur();
    if (written()) event.preventDefault(); // or it would close the question as well
    leave(closeDrawer);
  });

  // Another lead, or the one that it is about: a way out of the form itself is meant.
  document.addEventListener("htmx:config:request", (event) => {
    const { sourceElement: link, sourceEvent, target } = event.detail.ctx;
    if (target !== drawer || sourceEvent?.type !== "click" || !written() || written().contains(link)) return;
    event.preventDefault();
    leave(() => {
      delete written().dataset.dirty;
      link.click();
    });
  });

  document.addEventListener("htmx:after:swap", clearOfHead, true); // before anything there takes the focus
  addEventListener("resize", clearOfHead);
  for (const kind of ["focusin", "pointerdown"]) document.addEventListener(kind, (event) => { inside = drawer.contains(event.target); });

  // What was pressed is gone with the rest when the same thing comes back as it stands now, as a quote that was sent.
  const goOn = (title) => {
    if (inside && document.activeElement === document.body) title.focus({ preventScroll: true });
  };

  document.addEventListener("htmx:after:swap", () => {
    const title = drawer.querySelector("[data-drawer-title]");
    if (title && title !== heading && heading) setTimeout(goOn, 0, title);
    heading = title;
    const now = drawer.firstElementChild?.id ?? "";
    if (title && now !== shown) {
      cameFrom = location.pathname;
      drawer.scrollTop = 0;
      if (!drawer.contains(document.activeElement)) title.focus({ preventScroll: true });
    }
    shown = now;
    settle();
  });
  // Back to the page beneath: it still stands there, with its scroll. Any other way through the history loads its page
  // anew (htmx's "reload"): were the body exchanged instead, every behaviour would hold on to what is gone.
  document.addEventListener("htmx:before:history:restore", (event) => {
    const back = isOpen() && document.querySelector(".main > *") && drawer.querySelector("[data-drawer-close]")?.href;
    if (!back || new URL(back).pathname + new URL(back).search !== location.pathname + location.search) return;
    event.preventDefault();
    closeDrawer();
  });
  document.addEventListener("htmx:after:history:push", () => { if (isOpen()) cameFrom = location.pathname; settle(); });
  small.addEventListener("change", settle);
  shown = drawer.firstElementChild?.id ?? "";
  heading = drawer.querySelector("[data-drawer-title]");
  if (isOpen()) cameFrom = location.pathname;
  clearOfHead();
  settle();
}
