// [data-focus]: takes the focus when it appears, in a page or in an answer (an error summary, a field being edited);
// once only, or a later answer elsewhere would call the person back. A page that comes back with a wrong field and names
// nothing better begins at that field.
const met = new WeakSet();
const focusIn = (root) => {
  const wanted = [...root.querySelectorAll("[data-focus]")].find((each) => !met.has(each));
  if (!wanted) return;
  met.add(wanted);
  if (wanted.contains(document.activeElement)) return;
  // No further than needed to see the whole form: the browser's own way would put the field into the middle of the screen.
  wanted.focus({ preventScroll: true });
  wanted.scrollIntoView({ block: "nearest" });
  wanted.closest("[data-editing]")?.scrollIntoView({ block: "nearest" });
  if (wanted.matches("input[type=text], input[type=tel], input[type=email]")) wanted.select();
};

focusIn(document);
if (!document.querySelector("[data-focus]")) document.querySelector("main [aria-invalid=true]")?.focus();
document.addEventListener("htmx:after:swap", () => {
  const active = document.activeElement;
  if (active && active !== document.body && active.matches("input, textarea, select")) return;
  focusIn(document);
});
