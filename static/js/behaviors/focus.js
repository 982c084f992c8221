// [data-focus]: takes the focus when it appears, in a page or in an answer (an error summary, a field being edited).
const focusIn = (root) => {
  const wanted = root.matches?.("[data-focus]") ? root : root.querySelector?.("[data-focus]");
  if (!wanted || wanted.contains(document.activeElement)) return;
  wanted.focus({ preventScroll: false });
  if (wanted.matches("input[type=text], input[type=tel], input[type=email]")) wanted.select();
};

focusIn(document);
document.addEventListener("htmx:after:swap", () => {
  const active = document.activeElement;
  if (active && active !== document.body && active.matches("input, textarea, select")) return;
  focusIn(document);
});
