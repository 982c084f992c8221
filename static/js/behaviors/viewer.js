// Looking at a lead's photos one after the other: arrows, Home and End, swipe; z or a click shows every pixel; Delete takes
// the photo off the lead (it can be put back). Opened from a tile of the gallery, whose own link works without this.
import { announce } from "./toast.js";

let dialog = null;
let tiles = [];
let at = 0;
let before = null;
const part = (name) => dialog.querySelector(`[data-viewer-${name}]`);
const photo = () => part("photo");

const fetched = new Map(); // the neighbours, so that a step shows at once; forgotten with the dialog
const fetchAhead = (tile) => {
  if (!tile || fetched.has(tile.href)) return;
  const image = new Image();
  image.src = tile.href;
  fetched.set(tile.href, image);
};

const show = (index) => {
  at = (index + tiles.length) % tiles.length;
  const tile = tiles[at];
  part("stage").classList.remove("actual");
  part("fault").hidden = true;
  photo().src = tile.href;
  photo().alt = tile.dataset.name;
  part("name").textContent = tile.dataset.name;
  part("note").textContent = tile.dataset.note;
  part("count").textContent = tiles.length > 1 ? `${at + 1} of ${tiles.length}` : "";
  part("save").href = `${tile.href}?save=1`;
  part("remove").hidden = !("removable" in tile.dataset);
  for (const button of dialog.querySelectorAll("[data-viewer-step]")) button.hidden = tiles.length < 2;
  fetchAhead(tiles[(at + 1) % tiles.length]);
  fetchAhead(tiles[(at - 1 + tiles.length) % tiles.length]);
};

const open = (tile) => {
  const section = tile.closest("[data-files]");
  dialog = section.querySelector("[data-viewer]");
  tiles = [...section.querySelectorAll("[data-shot]")];
  before = tile;
  show(tiles.indexOf(tile));
  dialog.showModal();
  part("stage").focus();
};

const zoom = (event) => {
  const stage = part("stage");
  const box = photo().getBoundingClientRect();
  const [x, y] = event ? [(event.clientX - box.x) / box.width, (event.clientY - box.y) / box.height] : [0.5, 0.5];
  if (!stage.classList.toggle("actual")) return;
  stage.scrollTo(photo().offsetWidth * x - stage.clientWidth / 2, photo().offsetHeight * y - stage.clientHeight / 2);
};

const remove = () => {
  const tile = tiles[at];
  if (part("remove").hidden) return;
  window.htmx.ajax("POST", `${tile.href}/remove`, { source: tile.closest("[data-files-body]"), target: tile.closest("[data-files-body]"), swap: "none" });
  announce(`${tile.dataset.name} deleted`);
  tiles.splice(at, 1);
  if (tiles.length) show(at % tiles.length);
  else dialog.close();
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
  else if (event.target === photo()) zoom(event);
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

document.addEventListener("error", (event) => { if (dialog?.open && event.target === photo()) part("fault").hidden = false; }, true);
document.addEventListener("close", (event) => {
  if (event.target !== dialog) return;
  photo().removeAttribute("src");
  fetched.clear();
  (before?.isConnected ? before : dialog.closest("[data-files]").querySelector("[data-shot], [data-pick]"))?.focus();
}, true);
