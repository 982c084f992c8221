// Bringing a file in: dropped onto its field or chosen, its name and size said before it leaves; sent once by an
// impatient thumb; and a column that is left out looks so.
const sized = (bytes) => (bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

const say = (field) => {
  const said = field.closest("[data-file-drop]")?.querySelector("[data-file-said]");
  const file = field.files[0];
  const most = Number(field.dataset.largest || 16);
  const tooLarge = file && file.size > most * 1024 * 1024;
  field.setCustomValidity(tooLarge ? `This file is larger than ${most} MB. Split it into smaller ones.` : "");
  if (said) said.textContent = file ? `${sized(file.size)}${tooLarge ? `, and at most ${most} MB can be read` : ""}` : "";
};

const fieldOf = (event) => event.target.closest?.("[data-file-drop]")?.querySelector('input[type="file"]');
const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");

for (const kind of ["dragenter", "dragover"]) {
  document.addEventListener(kind, (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault(); // a file dropped beside its field would otherwise replace the page
    const field = fieldOf(event);
    event.dataTransfer.dropEffect = field ? "copy" : "none";
    field?.closest("[data-file-drop]").setAttribute("data-over", "");
  });
}
document.addEventListener("dragleave", (event) => {
  const box = event.target.closest?.("[data-file-drop]");
  if (box && !box.contains(event.relatedTarget)) box.removeAttribute("data-over");
});
document.addEventListener("drop", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  const field = fieldOf(event);
  if (!field) return;
  field.closest("[data-file-drop]").removeAttribute("data-over");
  const first = new DataTransfer();
  if (event.dataTransfer.files[0]) first.items.add(event.dataTransfer.files[0]);
  field.files = first.files;
  say(field);
});

document.addEventListener("change", ({ target }) => {
  if (target.matches?.('[data-file-drop] input[type="file"]')) say(target);
  if (target.matches?.(".columns-list .input")) target.closest("li").classList.toggle("is-out", !target.value);
});
for (const field of document.querySelectorAll('[data-file-drop] input[type="file"]')) say(field);

// On the window, after once.js, which holds back what no connection would take; a large file takes longer than that waits.
addEventListener("submit", (event) => {
  const form = event.target;
  if (!("once" in form.dataset) || event.defaultPrevented) return;
  if ("going" in form.dataset) event.preventDefault();
  form.dataset.going = "";
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-going]")) delete form.dataset.going;
});
document.documentElement.dataset.importing = ""; // what is done to these pages from now on is heard
