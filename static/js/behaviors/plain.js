// data-plain (a map of letters to what may stand in their place): writes the text beside it without what makes it dear.
export function write(field, letters) {
  let words = field.value;
  for (const [run, instead] of Object.entries(letters)) {
    words = instead ? words.replaceAll(run, instead) : words.replaceAll(` ${run}`, "").replaceAll(run, "");
  }
  field.focus();
  field.setSelectionRange(0, field.value.length);
  // The browser's own way of typing, so that it can be undone with Ctrl and Z.
  if (!document.execCommand("insertText", false, words)) field.value = words;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
