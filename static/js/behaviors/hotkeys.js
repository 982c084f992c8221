// Keys: an element with data-hotkey="n" is clicked (a field is focused) when n is pressed outside a field; "/" and Ctrl-K
// go to search. j and k move over the links that [data-items="selector"] names, left and right between board columns.
// Letters look first at the focused item, then in the drawer, then on the page. "?" lists them all.
const typing = (element) => element?.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
const visible = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;

const find = (key) => {
  const selector = `[data-hotkey="${CSS.escape(key)}"]`;
  const item = document.activeElement?.closest?.(".lead, tr");
  for (const place of [item, document.getElementById("drawer"), document]) {
    const found = [...(place?.querySelectorAll(selector) ?? [])].find((element) => !element.disabled && visible(element));
    if (found) return found;
  }
  return null;
};

const act = (element) => {
  if (element.matches("input:not([type=checkbox]):not([type=radio]), textarea")) {
    element.focus();
    element.select?.();
  } else {
    if (element.matches("label")) setTimeout(() => element.closest(".composer")?.querySelector(".pane textarea, .pane input:not([type=hidden])")?.focus());
    element.click();
  }
};

const items = () => {
  const list = document.querySelector("[data-items]");
  return list ? [...list.querySelectorAll(list.dataset.items)].filter(visible) : [];
};

const move = (step) => {
  const all = items();
  const at = all.indexOf(document.activeElement);
  const open = all.findIndex((link) => link.closest("[aria-current=true]"));
  const start = at >= 0 ? at + step : open >= 0 ? open + step : step > 0 ? 0 : all.length - 1;
  const next = all[Math.min(Math.max(start, 0), all.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest", inline: "nearest" });
};

const sideways = (step) => {
  const column = document.activeElement?.closest?.(".column");
  if (!column) return false;
  const row = [...column.querySelectorAll(".lead > a")].indexOf(document.activeElement);
  for (let next = sibling(column, step); next; next = sibling(next, step)) {
    const links = [...next.querySelectorAll(".lead > a")].filter(visible);
    if (!links.length || next.matches(".folded")) continue;
    links[Math.min(Math.max(row, 0), links.length - 1)].focus();
    return true;
  }
  return false;
};
const sibling = (column, step) => (step > 0 ? column.nextElementSibling : column.previousElementSibling);

const help = () => {
  const list = document.querySelector("[data-keys]");
  if (!list) return;
  for (const old of list.querySelectorAll("[data-found]")) old.remove();
  const seen = new Set();
  for (const element of document.querySelectorAll("[data-hotkey][data-hotkey-label]")) {
    if (seen.has(element.dataset.hotkey)) continue;
    seen.add(element.dataset.hotkey);
    const term = document.createElement("dt");
    const key = document.createElement("kbd");
    const words = document.createElement("dd");
    key.textContent = element.dataset.hotkey;
    words.textContent = element.dataset.hotkeyLabel;
    term.append(key);
    for (const part of [term, words]) { part.dataset.found = ""; list.append(part); }
  }
};
new MutationObserver(() => document.getElementById("keys")?.open && help()).observe(document.getElementById("keys") ?? document.head, { attributes: true });

document.addEventListener("keydown", (event) => {
  // Keys rest while a card is in the hand, not while its move is still being saved.
  if (event.defaultPrevented || event.altKey || document.querySelector("dialog[open], .lead.lifted")) return;
  const withControl = event.ctrlKey || event.metaKey;
  if (withControl && event.key === "Enter" && typing(event.target)) {
    event.preventDefault();
    return event.target.form?.requestSubmit();
  }
  if (withControl && event.key !== "k") return;
  if (typing(event.target) && !withControl) return;
  const key = withControl ? "/" : event.key;
  if (key === "?") document.getElementById("keys")?.showModal();
  else if (key === "j" || key === "k") move(key === "j" ? 1 : -1);
  else if (key === "ArrowLeft" || key === "ArrowRight") { if (!sideways(key === "ArrowRight" ? 1 : -1)) return; }
  else if (key.length === 1 && find(key)) act(find(key));
  else return;
  event.preventDefault();
});
