// Which keys do something on this page, read from the page itself: data-hotkey with data-hotkey-label, and
// data-hints="Shift ←: Move the card a stage back; x: Select" for keys that a behaviour hears by itself.
import { act, find, keysAreOff, turnKeys } from "./hotkeys.js";
import { styled } from "./styles.js";

const dialog = document.getElementById("keys");
const GENERAL = [["/", "Search or go to"], ["Ctrl K", "Search, from a field as well"], ["?", "Show these keys"], ["z", "Undo, while it is offered"], ["Esc", "Close what is open"], ["Ctrl Enter", "Send what you are writing"]];
const MOVING = [["j", "Next"], ["k", "Previous"], ["Enter", "Open"]];
const visible = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;

const offered = () => {
  const seen = new Map();
  for (const element of document.querySelectorAll("[data-hotkey][data-hotkey-label]")) {
    const key = element.dataset.hotkey;
    if (!seen.has(key) && find(key)) seen.set(key, { key, label: element.dataset.hotkeyLabel, element });
  }
  return [...seen.values()];
};

/** What can be done on this page by a key now, but for the ways to other pages: key, label and a function that does it. */
export const actsHere = () => offered()
  .filter(({ key, element }) => key !== "/" && !key.includes(" ") && !element.closest(".topbar"))
  .map(({ key, label }) => ({ key, label, run: () => { const element = find(key); if (element) act(element); } }));

const hints = (element) => element.dataset.hints.split(";").map((each) => {
  const colon = each.indexOf(":");
  return [each.slice(0, colon).trim(), each.slice(colon + 1).trim()];
});

const groups = () => {
  const found = new Map([["Everywhere", [...GENERAL]], ["Go to", []], ["In this list", []], ["On this page", []], ["The open lead", []]]);
  for (const { key, label, element } of offered()) {
    if (key === "/" || key === "z") continue;
    const name = key.includes(" ") ? "Go to" : element.closest(".topbar") ? "Everywhere" : element.closest("#drawer") ? "The open lead" : element.closest(".lead, tr") ? "In this list" : "On this page";
    found.get(name).push([key, label]);
  }
  const items = document.querySelector("[data-items]");
  if (items) found.get("In this list").unshift(...MOVING);
  for (const element of document.querySelectorAll("[data-hints]")) {
    if (visible(element)) found.get(element.closest("#drawer") ? "The open lead" : items ? "In this list" : "On this page").push(...hints(element));
  }
  return [...found].filter(([, keys]) => keys.length);
};

const make = (name, words = "", ...inner) => {
  const element = document.createElement(name);
  element.textContent = words;
  element.append(...inner);
  return element;
};

const row = ([keys, label]) => {
  const term = make("dt");
  for (const key of keys.split(" ")) term.append(make("kbd", key), " ");
  return make("div", "", term, make("dd", label));
};

const section = ([title, keys]) => {
  const list = make("dl", "", ...keys.map(row));
  list.className = "keys";
  return make("section", "", make("h3", title), list);
};

const choice = () => {
  const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: !keysAreOff() });
  box.addEventListener("change", () => turnKeys(box.checked));
  const label = make("label", "", box, make("span", "Single keys work. When they are off, Ctrl K and the arrows still do."));
  label.className = "keys-choice small muted";
  return label;
};

/** Show the keys of this page. */
export async function open() {
  if (document.querySelector("dialog[open]")) return;
  await styled(dialog.dataset.styles);
  const columns = make("div", "", ...groups().map(section));
  columns.className = "keys-groups";
  dialog.querySelector("[data-keys]").replaceChildren(columns, choice());
  dialog.showModal();
}
