// A lead's photos and files: picked, taken with the phone's camera, dropped anywhere on the page or pasted; and the gallery,
// which asks for itself again when files come or go (topic files-<lead>, event "files").
import { refresh, upload } from "./uploading.js";
import "./viewer.js";

const panel = () => [...document.querySelectorAll("[data-files][data-may-add]")].find((it) => it.offsetParent);

const take = (field) => {
  upload(field.closest("[data-files]"), [...field.files]);
  field.value = "";
};
document.addEventListener("change", (event) => { if (event.target.matches("[data-pick]")) take(event.target); });
// What was picked on a slow line before this script was here.
for (const field of document.querySelectorAll("[data-pick]")) if (field.files.length) take(field);

document.addEventListener("paste", (event) => {
  const section = panel();
  const files = [...(event.clipboardData?.files ?? [])];
  // Copied cells and words bring a picture of themselves along; in a field it is the words that are meant.
  const wordsMeant = event.clipboardData?.types.includes("text/plain") && event.target.closest?.("input, textarea");
  if (!section || !files.length || wordsMeant) return;
  event.preventDefault();
  upload(section, files);
});

const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
let over = 0;
const mark = (by) => { over = Math.max(0, over + by); panel()?.toggleAttribute("data-over", over > 0); };
document.addEventListener("dragenter", (event) => { if (carriesFiles(event)) mark(1); });
document.addEventListener("dragleave", (event) => { if (carriesFiles(event)) mark(-1); });
// A file dropped beside its mark would otherwise replace the page with itself.
document.addEventListener("dragover", (event) => { if (carriesFiles(event)) { event.preventDefault(); event.dataTransfer.dropEffect = panel() ? "copy" : "none"; } });
document.addEventListener("drop", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  mark(-over);
  if (panel()) upload(panel(), [...event.dataTransfer.files]);
});

document.addEventListener("files", (event) => refresh(event.detail.lead));
document.addEventListener("live", ({ detail }) => {
  for (const section of document.querySelectorAll("[data-files]")) {
    if (detail.resync || detail.topics?.includes(`files-${section.dataset.lead}`)) refresh(section.dataset.lead);
  }
});
