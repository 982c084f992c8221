// Native dialogs: data-dialog-open="id", data-dialog-close. data-confirm="words" asks once before a form or button acts.
// Also closes menus (details.menu) when one clicks elsewhere or presses Escape.
const ask = document.getElementById("confirm");

/** Ask the question of `holder` (data-confirm, data-confirm-word); `act` on a yes. */
export const confirmFirst = (holder, act) => {
  const heading = ask.querySelector("h2");
  const yes = ask.querySelector("[data-confirm-yes]");
  const [question, ...rest] = holder.dataset.confirm.split(/(?<=\?)\s+/);
  heading.textContent = question;
  ask.querySelector("[data-confirm-more]")?.remove();
  if (rest.length) {
    const more = document.createElement("p");
    more.dataset.confirmMore = "";
    more.textContent = rest.join(" ");
    yes.closest(".row").before(more);
  }
  yes.textContent = holder.dataset.confirmWord || question.split(" ", 1)[0]; // "Withdraw version 3?" is answered by "Withdraw"
  yes.classList.toggle("danger", yes.textContent.startsWith("Delete")); // what can't be brought back looks like it
  ask.returnValue = "";
  const menu = holder.closest("details.menu[open]"); // folds away; the focus comes back to its button
  menu?.querySelector("summary").focus();
  menu?.removeAttribute("open");
  ask.addEventListener("close", () => ask.returnValue === "yes" && act(), { once: true });
  ask.showModal();
};

ask?.querySelector("[data-confirm-yes]").addEventListener("click", () => ask.close("yes"));

// Capture: asked before htmx or the browser sends anything. An act already agreed to passes.
const agreed = new WeakSet();
const guard = (event, holder, act) => {
  if (!holder || !ask) return;
  if (agreed.delete(holder)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  confirmFirst(holder, () => { agreed.add(holder); act(holder); });
};
addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-confirm]");
  guard(event, form, () => form.requestSubmit(event.submitter));
}, true);
addEventListener("click", (event) => {
  const holder = event.target.closest?.("button[data-confirm], a[data-confirm]");
  guard(event, holder, () => holder.click());
}, true);

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog-open]");
  if (opener) {
    opener.closest("details.menu")?.removeAttribute("open");
    document.getElementById(opener.dataset.dialogOpen)?.showModal();
  }
  const closer = event.target.closest("[data-dialog-close]");
  if (closer) closer.closest("dialog")?.close();
  else if (event.target.matches("dialog.dialog") && outside(event)) event.target.close();
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target) || event.target.closest(".menu-list a, .menu-list button")) menu.open = false;
  }
});

const outside = (event) => {
  const box = event.target.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
};

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
  event.stopImmediatePropagation();
}, true);
