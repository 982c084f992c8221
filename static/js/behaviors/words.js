// The editor of a template: buttons that put variables and formatting where the caret is, and the frame in which the
// words are drawn anew while they are written. The server draws them; the frame runs no scripts.
const QUIET = 350; // ms without a key before the words are drawn anew
const sheet = document.getElementById("sheet");
const preview = document.getElementById("preview");
const button = preview?.querySelector("[data-draw]");
const body = sheet?.elements.body;
let field = body;

// The browser's own way of typing, so that it can be undone with Ctrl and Z.
const type = (words) => {
  field.focus();
  if (!document.execCommand("insertText", false, words)) field.setRangeText(words, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
};

const wrap = (mark) => {
  field = body;
  const { selectionStart: from, selectionEnd: to, value } = field;
  const words = value.slice(from, to);
  if (mark === "link") {
    type(`[${words || "words"}](https://)`);
    field.setSelectionRange(field.selectionEnd - 1, field.selectionEnd - 1);
    return;
  }
  const is = words.startsWith(mark) && words.endsWith(mark) && words.length > 2 * mark.length;
  const inner = is ? words.slice(mark.length, -mark.length) : words || "words";
  type(is ? inner : mark + inner + mark);
  const end = from + (is ? 0 : mark.length);
  field.setSelectionRange(end, end + inner.length);
};

const begin = (mark) => {
  field = body;
  const from = field.value.lastIndexOf("\n", field.selectionStart - 1) + 1;
  const end = field.value.indexOf("\n", field.selectionEnd);
  field.setSelectionRange(from, end < 0 ? field.value.length : end);
  const lines = field.value.slice(from, field.selectionEnd).split("\n");
  const all = lines.every((line) => line.startsWith(mark));
  type(lines.map((line) => (all ? line.slice(mark.length) : mark + line)).join("\n"));
};

const fit = (frame) => {
  const page = frame.contentDocument?.body;
  if (!page?.childElementCount) return;
  const { bottom } = page.getBoundingClientRect();
  frame.style.blockSize = `${Math.min(Math.max(Math.ceil(bottom + frame.contentWindow.scrollY) + 2, 200), 1400)}px`;
};

// Each drawing goes into a new frame that takes the old one's place once it is there: no flicker, and no entry in the
// browser's history.
let timer = 0;
let drawn = 0;
const draw = () => {
  clearTimeout(timer);
  preview.querySelectorAll("iframe[data-coming]").forEach((late) => late.remove());
  const shown = preview.querySelector("iframe");
  const next = shown.cloneNode();
  next.removeAttribute("src");
  next.dataset.coming = "";
  next.name = button.formTarget = `words-frame-${++drawn}`; // a frame keeps the name that it was made with
  next.addEventListener("load", () => {
    if (!next.contentDocument?.body?.childElementCount) return; // the blank page that a frame begins with
    next.removeAttribute("data-coming");
    shown.remove();
    fit(next);
  });
  shown.after(next);
  const leaving = "leaving" in sheet.dataset;
  sheet.requestSubmit(button);
  if (!leaving) delete sheet.dataset.leaving; // dirty.js: this was no sending off
};

const soon = () => {
  clearTimeout(timer);
  timer = setTimeout(draw, QUIET);
};

const width = () => {
  preview.classList.toggle("is-wide", sheet.elements.width?.value === "desktop");
  const frame = preview.querySelector("iframe:not([data-coming])");
  if (frame) fit(frame);
};

if (sheet && preview) {
  button.hidden = true;
  sheet.addEventListener("focusin", (event) => { if (event.target.matches("[data-words]")) field = event.target; });
  sheet.addEventListener("click", (event) => {
    const { insert, wrap: mark, line } = event.target.closest("[data-insert], [data-wrap], [data-line]")?.dataset ?? {};
    if (insert) type(insert);
    else if (mark) wrap(mark);
    else if (line) begin(line);
  });
  sheet.addEventListener("input", soon);
  preview.addEventListener("change", (event) => {
    if (event.target.name === "width") width();
    else if (event.target.form === sheet) soon();
  });
  document.addEventListener("htmx:after:swap", () => { if (!preview.querySelector("iframe[data-coming]") && document.activeElement?.id === "f-q") soon(); });
  addEventListener("resize", width);
  draw();
}
