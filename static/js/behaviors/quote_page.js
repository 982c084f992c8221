// The customer's quote: the button says what is being accepted, and a page that was really looked at says so once.

// An answer that came back to be put right is asked for anew by a reload, by the back button, and by a phone that had put the
// page away: the browser would show a page of its own there, about sending once more.
if ("sent" in document.body.dataset) history.replaceState(history.state, "");

const label = document.querySelector("[data-price-label]");
const form = document.querySelector("form[data-quote]");

const name = () => {
  const chosen = form?.querySelector("input[name=option]:checked");
  if (label && chosen?.dataset.words) label.textContent = chosen.dataset.words;
};
form?.addEventListener("change", name);
addEventListener("pageshow", name);
name();

// Two seconds in view: link scanners and previews that run scripts rarely wait, people do.
const address = document.querySelector("[data-quote-opened]")?.dataset.quoteOpened;
let clock = 0;
let told = false;
const watch = () => {
  clearTimeout(clock);
  if (!address || told || document.visibilityState !== "visible") return;
  clock = setTimeout(() => {
    told = true;
    fetch(address, { method: "POST", keepalive: true, credentials: "same-origin" }).catch(() => {});
  }, 2000);
};
document.addEventListener("visibilitychange", watch);
watch();
