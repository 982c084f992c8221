// The drawer beside the board or list. Opening moves the focus to its title; Escape or its cross empties it, puts the
// address back and returns the focus to the card it came from. On a phone it covers the page, which is then inert.
const drawer = document.getElementById("drawer");
const small = matchMedia("(max-width: 700px)");
let cameFrom = null;
let shown = "";

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

const settle = () => {
  const shell = document.querySelector(".shell");
  if (shell) shell.inert = isOpen() && small.matches;
  mark();
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
      if (document.querySelector(".main > *")) closeDrawer();
      else location.assign(closer.href);
    }
  }, true);

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || !isOpen() || document.querySelector("dialog[open]")) return;
    if (document.body.dataset.dragging) return;
    const field = document.activeElement;
    if (drawer.contains(field) && field.matches("input, textarea, select")) return field.blur();
    closeDrawer();
  });

  document.addEventListener("htmx:after:swap", () => {
    const title = drawer.querySelector("[data-drawer-title]");
    const now = drawer.firstElementChild?.id ?? "";
    if (title && now !== shown) {
      cameFrom = location.pathname;
      drawer.scrollTop = 0;
      if (!drawer.contains(document.activeElement)) title.focus({ preventScroll: true });
    }
    shown = now;
    settle();
  });
  document.addEventListener("htmx:after:history:push", () => { if (isOpen()) cameFrom = location.pathname; settle(); });
  small.addEventListener("change", settle);
  shown = drawer.firstElementChild?.id ?? "";
  if (isOpen()) cameFrom = location.pathname;
  settle();
}
