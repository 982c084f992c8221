// Runs before the first paint, so that one step shows from the start and nothing jumps. Should the form's script never
// arrive, the whole form comes back after five seconds and works without it.
document.documentElement.classList.add("stepwise");
setTimeout(() => {
  if (!document.querySelector("[data-lead-form][data-ready]")) document.documentElement.classList.remove("stepwise");
}, 5000);
