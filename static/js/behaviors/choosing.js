// The dialog that asks for a stage: where the lead is now is marked, the stage after it has the focus, since mostly a lead
// moves on by one. A stage's number chooses it, the arrows go from one to the next.
const among = (dialog) => [...dialog.querySelectorAll("[data-move-to]:enabled")];

/** Ask for a stage; `here` is the id of the one that it is in, which `isMany` leads may be moved to all the same. */
export function choose(dialog, here, isMany) {
  const choices = [...dialog.querySelectorAll("[data-move-to]")];
  const at = choices.findIndex((choice) => choice.dataset.moveTo === here);
  for (const choice of choices) {
    const isHere = choice === choices[at];
    if (isHere) choice.setAttribute("aria-current", "true");
    else choice.removeAttribute("aria-current");
    choice.disabled = isHere && !isMany;
  }
  dialog.showModal();
  (choices[at + 1] ?? among(dialog)[0])?.focus();
}

document.getElementById("move-card")?.addEventListener("keydown", (event) => {
  const dialog = event.currentTarget;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const choices = among(dialog);
  if (step) choices[(choices.indexOf(document.activeElement) + step + choices.length) % choices.length].focus();
  else if (/^[0-9]$/.test(event.key) && !event.ctrlKey && !event.metaKey) dialog.querySelector(`[data-move-key="${event.key}"]:enabled`)?.click();
  else return;
  event.preventDefault();
});
