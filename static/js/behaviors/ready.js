// Several leads of the queue at once: [data-ready-all] ticks every [data-ready-pick] that is beyond doubt (who may be in
// Squeegee already is ticked by hand), and what is done with the ticked says how many they are. Without this script the
// button says "the ticked".
import "./next_row.js";

const picks = () => [...document.querySelectorAll("[data-ready-pick]")];

const sure = () => picks().filter((box) => box.dataset.readyPick !== "doubt");

const show = () => {
  const all = picks();
  const ticked = all.filter((box) => box.checked).length;
  const head = document.querySelector("[data-ready-all]");
  if (head) {
    head.closest("label").hidden = false;
    head.checked = ticked > 0 && sure().every((box) => box.checked);
    head.indeterminate = ticked > 0 && !head.checked;
  }
  for (const words of document.querySelectorAll("[data-ready-words]")) {
    words.textContent = words.dataset.readyWords.replace("{n}", ticked || "the ticked");
    words.closest("button").disabled = ticked === 0;
  }
};

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-ready-all]")) for (const box of event.target.checked ? sure() : picks()) box.checked = event.target.checked;
  if (event.target.matches("[data-ready-all], [data-ready-pick]")) show();
});
document.addEventListener("htmx:after:swap", () => setTimeout(show));
show();
