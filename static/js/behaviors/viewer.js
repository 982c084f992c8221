// Looking at a lead's photos one after the other: arrows, Home and End, swipe; z or a click shows every pixel; Delete takes
// the photo off the lead (it can be put back). Opened from a tile of the gallery, whose own link works without this.
import { announce } from "./toast.js";

let dialog = null;
let tiles = [];
let at = 0;
let before = null;
let deleted = null; // the photo deleted last, { href, away }: once it is away and comes back, it is shown again
const photos = new Map(); // href -> its image, so that a step to a neighbour shows at once; forgotten with the dialog
const part = (name) => dialog.querySelector(`[data-viewer-${name}]`);
const toasts = document.getElementById("toasts");

const photo = (tile) => {
  if (!photos.has(tile.href)) {
    const image = new Image();
    image.alt = tile.dataset.name;
    image.draggable = false;
    image.src = tile.href;
    image.addEventListener("error", () => { if (image.isConnected) part("fault").hidden = false; image.failed = true; });
    photos.set(tile.href, image);
  }
  return photos.get(tile.href);
};

const show = (index) => {
  at = (index + tiles.length) % tiles.length;
  const tile = tiles[at];
  part("stage").classList.remove("actual");
  part("stage").replaceChildren(photo(tile));
  part("fault").hidden = !photo(tile).failed;
  part("name").textContent = tile.dataset.name;
  part("note").textContent = tile.dataset.note;
  part("count").textContent = tiles.length > 1 ? `${at + 1} of ${tiles.length}` : "";
  part("save").href = `${tile.href}?save=1`;
  part("remove").hidden = !("removable" in tile.dataset);
  for (const button of dialog.querySelectorAll("[data-viewer-step]")) button.hidden = tiles.length < 2;
  for (const step of [1, tiles.length - 1]) photo(tiles[(at + step) % tiles.length]);
};

const collect = () => [...dialog.closest("[data-files]").querySelectorAll("[data-shot]")];

const open = (tile) => {
  dialog = tile.closest("[data-files]").querySelector("[data-viewer]");
  tiles = collect();
  before = tile;
  deleted = null;
  show(tiles.indexOf(tile));
  dialog.showModal();
  dialog.append(toasts); // what lies under an open dialog can be neither seen nor pressed
  part("stage").focus();
};

// The gallery has changed under the viewer: by a deletion here, its undoing, or somebody else.
const follow = () => {
  if (dialog && !toasts.isConnected) document.body.append(toasts); // the dialog went with all that was around it
  if (!dialog?.open || !dialog.isConnected) return;
  const shown = tiles[at]?.href;
  tiles = collect();
  if (!tiles.length) dialog.close();
  const find = (href) => tiles.findIndex((tile) => tile.href === href);
  const back = deleted?.away ? find(deleted.href) : -1;
  if (deleted) deleted = back < 0 ? { ...deleted, away: find(deleted.href) < 0 } : null;
  const same = find(shown);
  if (tiles.length) show(back >= 0 ? back : same >= 0 ? same : Math.min(at, tiles.length - 1));
};

const zoom = (event) => {
  const stage = part("stage");
  const image = photo(tiles[at]);
  const box = image.getBoundingClientRect();
  const [x, y] = event ? [(event.clientX - box.x) / box.width, (event.clientY - box.y) / box.height] : [0.5, 0.5];
  if (!stage.classList.toggle("actual")) return;
  stage.scrollTo(image.offsetWidth * x - stage.clientWidth / 2, image.offsetHeight * y - stage.clientHeight / 2);
};

const remove = () => {
  const tile = tiles[at];
  if (part("remove").hidden) return;
  const body = tile.closest("[data-files-body]");
  window.htmx.ajax("POST", `${tile.href}/remove`, { source: body, target: body, swap: "none" });
  announce(`${tile.dataset.name} deleted`);
  deleted = { href: tile.href, away: false };
  if (tiles.length > 1) show(at + 1);
};

const KEYS = {
  ArrowLeft: () => show(at - 1),
  ArrowRight: () => show(at + 1),
  Home: () => show(0),
  End: () => show(tiles.length - 1),
  Delete: remove,
  z: () => zoom(),
};

document.addEventListener("click", (event) => {
  const tile = event.target.closest("[data-shot]");
  if (tile && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    return open(tile);
  }
  if (!dialog?.open) return undefined;
  const step = event.target.closest("[data-viewer-step]");
  if (step) show(at + Number(step.dataset.viewerStep));
  else if (event.target.closest("[data-viewer-remove]")) remove();
  else if (event.target.matches("[data-viewer-stage] > img")) zoom(event);
  else if (event.target === part("stage")) dialog.close();
  return undefined;
});

document.addEventListener("keydown", (event) => {
  if (!dialog?.open || event.altKey || event.ctrlKey || event.metaKey || !KEYS[event.key]) return;
  if (part("stage").classList.contains("actual") && event.key.startsWith("Arrow")) return; // they scroll what is enlarged
  event.preventDefault();
  event.stopPropagation();
  KEYS[event.key]();
}, true);

let start = null;
document.addEventListener("pointerdown", (event) => {
  start = dialog?.open && event.pointerType === "touch" && part("stage").contains(event.target) && !part("stage").classList.contains("actual") ? event : null;
});
document.addEventListener("pointerup", (event) => {
  const moved = start ? event.clientX - start.clientX : 0;
  if (Math.abs(moved) > 48 && Math.abs(event.clientY - start.clientY) < 80 && visualViewport.scale === 1) show(at + (moved < 0 ? 1 : -1));
  start = null;
});

document.addEventListener("htmx:after:swap", follow);
document.addEventListener("close", (event) => {
  if (event.target !== dialog) return;
  document.body.append(toasts);
  part("stage").replaceChildren();
  photos.clear();
  const left = collect();
  (left.find((tile) => tile.href === before.href) ?? left[0] ?? dialog.closest("[data-files]").querySelector("[multiple]"))?.focus();
}, true);
