// Keeps the parts marked data-live up to date, lightly: only while the page is seen, and only what changed.
const every = 2000;

async function refresh() {
  if (document.visibilityState !== "visible") return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const old of document.querySelectorAll("[data-live]")) {
    const fresh = page.getElementById(old.id);
    const busy = old.contains(document.activeElement) && document.activeElement.matches("input, select");
    if (!fresh || busy || fresh.innerHTML === old.dataset.seen) continue;
    // The markup as served is compared with itself: the browser may write its own down differently.
    if (old.dataset.seen !== undefined) keepFocus(old, () => old.replaceChildren(...fresh.cloneNode(true).childNodes));
    old.dataset.seen = fresh.innerHTML;
  }
}

function keepFocus(part, change) {
  const href = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  change();
  if (href) part.querySelector(`[href="${CSS.escape(href)}"]`)?.focus({ preventScroll: true });
}

async function forever() {
  await refresh().catch(() => {}); // the simulator is stopping or starting; the next round tells
  setTimeout(forever, every);
}

forever();
