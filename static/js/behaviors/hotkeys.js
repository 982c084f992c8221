// Keys: an element with data-hotkey="n" is clicked (a field is focused) when n is pressed outside a field; "g b" is one key
// after the other. Ctrl-K goes to search from anywhere. j and k move over the links that [data-items="selector"] names, the
// arrows also between board columns. A key looks first at the focused item, then in the drawer, then on the page.
// "?" shows them all (keys.js), where they can also be turned off.
import { openKeys, openPalette } from "./search.js";

const SECOND = 1500; // ms to press the second key
const OFF = "keys-off";
const OWN = { x: "[data-bulk-pick]", s: ".at > button, .name-cell > button" }; // what each card or row has, too many to name their keys
const typing = (element) => element?.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
// A key pressed beside a field that one is filling in is never an act on the lead beneath.
const filling = (element) => typing(element) || element?.closest?.("[data-editing], form.planning, .tag-add");
const visible = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;

/** Whether the person wants no single keys. */
export const keysAreOff = () => { try { return localStorage.getItem(OFF) === "1"; } catch { return false; } };
/** Turn single keys on or off in this browser. */
export const turnKeys = (on) => { try { if (on) localStorage.removeItem(OFF); else localStorage.setItem(OFF, "1"); } catch { /* it lasts for this page then */ } };

/** The element that a key stands for now, or null. */
export const find = (key) => {
  const selector = `[data-hotkey="${CSS.escape(key)}"]`;
  const item = document.activeElement?.closest?.(".lead, tr");
  for (const place of [item, document.getElementById("drawer"), document]) {
    const found = [...(place?.querySelectorAll(selector) ?? [])].filter((element) => !element.disabled && visible(element));
    if (found.length) return found.findLast((element) => element.closest("#toasts")) ?? found[0]; // the last act is taken back first
  }
  return null;
};

const WITHIN = "a[href], button:not([disabled]), textarea, select, input:not([type=hidden])";
const first = (place, part) => [...(place?.querySelectorAll(part) ?? [])].flatMap((each) => [...each.querySelectorAll(WITHIN)]).find(visible);

/** Do what the key of an element does; a menu or a pane it opens takes the focus. */
export const act = (element) => {
  if (element.matches("input:not([type=checkbox]):not([type=radio]), textarea, select")) {
    element.focus();
    element.select?.();
  } else {
    element.click();
    const opened = element.matches("label") ? ".composer" : element.matches("summary") ? "details[open]" : null;
    if (element.matches(".bell > summary")) element.focus(); // what stands in its panel is fetched anew: the arrows go there
    else if (opened) setTimeout(() => first(element.closest(opened), element.matches("summary") ? ".menu-list, .day-pop" : ".pane")?.focus());
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

// Up and down within an open menu.
const inMenu = (step) => {
  const menu = document.activeElement?.closest?.("details.menu[open]");
  const all = menu ? [...menu.querySelectorAll(`.menu-list :is(${WITHIN})`)].filter(visible) : [];
  if (!all.length) return false;
  all[(all.indexOf(document.activeElement) + step + all.length) % all.length].focus();
  return true;
};

let begun = ""; // the first of two keys
let clock = 0;
const begin = (key) => {
  clearTimeout(clock);
  begun = key;
  clock = setTimeout(() => { begun = ""; }, SECOND);
};

// One pressed key, outside fields. Returns whether it meant something.
const press = (key, isRepeated) => {
  if (key === "j" || key === "k") { move(key === "j" ? 1 : -1); return true; }
  if (key === "ArrowLeft" || key === "ArrowRight") return sideways(key === "ArrowRight" ? 1 : -1);
  if (key === "ArrowUp" || key === "ArrowDown") return inMenu(key === "ArrowDown" ? 1 : -1);
  if (key.length !== 1 || isRepeated) return false;
  const before = begun;
  begin("");
  if (before) {
    const whole = find(`${before} ${key}`);
    if (whole) act(whole);
    return Boolean(whole);
  }
  if (key === "?") { openKeys(); return true; }
  const own = OWN[key] && document.activeElement?.closest?.(".lead, tr")?.querySelector(OWN[key]); // bulk.js may still be on its way
  if (own) { own.click(); return true; }
  const element = find(key);
  if (element) { act(element); return true; }
  if (!document.querySelector(`[data-hotkey^="${CSS.escape(key)} "]`)) return false;
  begin(key);
  return true;
};

// What is called a button is pressed by the space bar too, also where it is a link for want of scripts.
document.addEventListener("keydown", (event) => {
  if (event.key !== " " || event.defaultPrevented || !event.target.matches?.("a[role=button]")) return;
  event.preventDefault();
  if (!event.repeat) event.target.click();
});
document.addEventListener("keydown", (event) => {
  // Keys rest while a card is in the hand, not while its move is still being saved.
  if (event.defaultPrevented || event.altKey || event.isComposing || document.querySelector("dialog[open], .lead.lifted")) return;
  if (event.ctrlKey || event.metaKey) {
    if (event.key === "k") openPalette();
    else if (event.key === "Enter" && filling(event.target)) event.target.form?.requestSubmit();
    else if (event.key === "z" && !typing(event.target) && find("z")) act(find("z"));
    else return;
  } else if (filling(event.target) || (event.key.length === 1 && keysAreOff()) || !press(event.key, event.repeat)) return;
  event.preventDefault();
});
