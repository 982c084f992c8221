// Opening a lead in the drawer of the board or list that is shown.

/** Open the lead at `href` beside the page as a click in its list would; false where there is no list. */
export function openBeside(href) {
  const place = document.querySelector('#main [hx-target\\:inherited="#drawer"]');
  if (!place || !window.htmx) return false;
  const link = Object.assign(document.createElement("a"), { href, hidden: true });
  place.append(link);
  window.htmx.process(link);
  link.click();
  document.addEventListener("htmx:after:swap", () => link.remove(), { once: true });
  return true;
}
