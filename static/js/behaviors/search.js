// Results under the search field: the arrows walk through them, Escape or a click elsewhere closes them.
const form = document.querySelector("[data-search]");
const panel = form?.querySelector(".found-panel");

const close = () => panel.replaceChildren();
const links = () => [...panel.querySelectorAll("[data-found]")];

if (form) {
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel.firstElementChild) {
      close();
      form.querySelector("input[type=search]").focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const all = links();
      if (!all.length) return;
      const at = all.indexOf(document.activeElement);
      const next = event.key === "ArrowDown" ? at + 1 : at - 1;
      if (next < 0) form.querySelector("input[type=search]").focus();
      else all[Math.min(next, all.length - 1)].focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  form.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !form.contains(event.relatedTarget)) close();
  });
  document.addEventListener("pointerdown", (event) => { if (!form.contains(event.target)) close(); });
}
