// Several leads of the queue at once: [data-ready-all] ticks every [data-ready-pick], and what is done with the ticked says
// how many they are. Without this script the button says "the ticked" and the boxes are ticked by hand.
const picks = () => [...document.querySelectorAll("[data-ready-pick]")];

const show = () => {
  const all = picks();
  const ticked = all.filter((box) => box.checked).length;
  const head = document.querySelector("[data-ready-all]");
  if (head) {
    head.closest("label").hidden = false;
    head.checked = ticked > 0 && ticked === all.length;
    head.indeterminate = ticked > 0 && ticked < all.length;
  }
  for (const words of document.querySelectorAll("[data-ready-words]")) {
    words.textContent = words.dataset.readyWords.replace("{n}", ticked || "the ticked");
    words.closest("button").disabled = ticked === 0;
  }
};

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-ready-all]")) for (const box of picks()) box.checked = event.target.checked;
  if (event.target.matches("[data-ready-all], [data-ready-pick]")) show();
});
document.addEventListener("htmx:after:swap", () => setTimeout(show));
show();
