// The way to the palette: a link for those without scripts, "/" and Ctrl-K for those with a keyboard. The palette itself
// (palette.js) and the list of keys (keys.js) come when they are first wanted, or when the page is at rest.
const load = { palette: () => import("./palette.js"), keys: () => import("./keys.js") };

const palette = document.getElementById("palette");

// It opens at once, so that what is typed meanwhile is typed into it and means nothing else. Enter counts as typed: on a
// slow line somebody types a name and presses it long before palette.js is here to hear it.
export const openPalette = async () => {
  if (palette.open) return palette.close();
  if (document.querySelector("dialog[open]")) return undefined;
  let isWanted = false;
  const hear = (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter") event.preventDefault();
    isWanted = event.key === "Enter";
  };
  palette.addEventListener("keydown", hear);
  palette.showModal();
  palette.querySelector("input").focus();
  try {
    return (await load.palette()).opened(isWanted);
  } finally {
    palette.removeEventListener("keydown", hear);
  }
};
export const openKeys = async () => (await load.keys()).open();

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const [search, keys] = ["[data-palette-open]", "[data-keys-open]"].map((each) => event.target.closest(each));
  if (!search && !keys) return;
  event.preventDefault();
  (keys ? openKeys : openPalette)();
});

// Which leads were open, for the palette: ids only, in this browser, for this person in this workspace.
const MOST = 8;
const shelf = `recent:${palette?.dataset.whose}`;

export const recent = () => {
  try {
    return JSON.parse(localStorage.getItem(shelf) ?? "[]").filter((each) => typeof each === "string").slice(0, MOST);
  } catch {
    return [];
  }
};

const remember = () => {
  const id = location.pathname.match(/\/leads\/([0-9a-f]{8}-[0-9a-f-]{27})$/)?.[1];
  if (!id || !palette || recent()[0] === id) return;
  try {
    localStorage.setItem(shelf, JSON.stringify([id, ...recent().filter((each) => each !== id)].slice(0, MOST)));
  } catch {
    // A browser that keeps nothing has no recent leads; the palette then shows what came in.
  }
};

remember();
document.addEventListener("htmx:after:history:push", remember);
(window.requestIdleCallback ?? setTimeout)(() => palette && load.palette());
