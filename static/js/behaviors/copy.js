// data-copy="#id" copies that element's words, data-copy-text="..." its own; the button says so for two seconds and
// tells ("copied") whoever goes on from there.
import { announce, toast } from "./toast.js";

// Without HTTPS, or where it is refused, a page has no clipboard of its own; then it is copied as a person would do it.
const byHand = (button, words) => {
  const field = Object.assign(document.createElement("textarea"), { value: words, readOnly: true, className: "visually-hidden" });
  button.after(field);
  field.select();
  const isDone = document.execCommand("copy");
  field.remove();
  button.focus({ preventScroll: true });
  return isDone;
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-copy-text]");
  if (!button) return;
  const source = button.dataset.copy ? document.querySelector(button.dataset.copy) : null;
  const words = button.dataset.copyText ?? source?.value ?? source?.innerText.trim() ?? "";
  try {
    await navigator.clipboard.writeText(words);
  } catch {
    if (!byHand(button, words)) {
      if (source) getSelection().selectAllChildren(source);
      return toast(`Your browser did not allow copying.${source ? " It is marked: press Ctrl and C." : ""}`, { kind: "bad" });
    }
  }
  announce("Copied");
  button.dispatchEvent(new CustomEvent("copied", { bubbles: true }));
  const label = [...button.childNodes].reverse().find((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  if (!label || button.classList.contains("copied")) return;
  const before = label.data;
  button.classList.add("copied");
  label.data = " Copied";
  setTimeout(() => { button.classList.remove("copied"); label.data = before; }, 2000);
});
