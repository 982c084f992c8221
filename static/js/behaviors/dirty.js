// A form that someone has typed into is marked, so that live refreshes leave it alone (live.js) and leaving it warns.
// Every form inside [data-live] counts, and any form[data-guard]. The mark goes when it is sent and answered, reset or emptied.
const guarded = (target) => target.closest?.("form[data-guard], [data-live] form, .drawer form");

// Forms that are marked because a field differs from what the page came with. What marked another knows more than fields
// do: the server, of what it refused and showed again, or a script, of an order that changed. Such a mark stays.
const mine = new WeakSet();

const mark = (form) => {
  const changed = [...form.elements].some((field) => {
    if (field.type === "hidden" || field.type === "submit" || field.type === "button") return false;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.tagName === "SELECT") return [...field.options].some((option) => option.selected !== option.defaultSelected) && field.value !== firstChoice(field);
    return "defaultValue" in field && field.value !== field.defaultValue;
  });
  if (!changed) {
    if (mine.has(form)) clear(form);
  } else if (!("dirty" in form.dataset)) {
    mine.add(form);
    form.dataset.dirty = "";
  }
};

const firstChoice = (select) => ([...select.options].find((option) => option.defaultSelected) ?? select.options[0])?.value;

const clear = (form) => {
  mine.delete(form);
  if (!("dirty" in form.dataset)) return;
  delete form.dataset.dirty;
  document.dispatchEvent(new CustomEvent("clean"));
};

document.addEventListener("input", (event) => { const form = guarded(event.target); if (form) mark(form); });
document.addEventListener("change", (event) => { const form = guarded(event.target); if (form) mark(form); });
document.addEventListener("reset", (event) => setTimeout(() => clear(event.target)));
// What is asked for from within a form (the length of a text, fields that open) sends nothing off.
document.addEventListener("htmx:after:request", (event) => {
  const ctx = event.detail?.ctx;
  const form = ctx?.sourceElement;
  if (!form?.matches?.("form") || !ctx.response || ctx.response.status >= 400) return;
  if ("clear" in form.dataset) form.reset(); // what was written is kept now; a morph would leave it in the field
  clear(form);
});

// On the window, after whoever stops it: what htmx sends or a question holds up leaves no page.
addEventListener("submit", (event) => {
  if (!event.defaultPrevented && event.target.dataset?.guard !== undefined) event.target.dataset.leaving = "";
});
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.querySelectorAll("form[data-leaving]")) delete form.dataset.leaving;
});
addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-guard][data-dirty]:not([data-leaving])")) event.preventDefault();
});
