// What one writes in a lead's composer stays until it is sent or emptied, however the drawer is closed, moved on or loaded
// anew: in this tab, for its session (signing out clears it), and for whoever wrote it: a sign-in that ran out may be followed
// by somebody else's. A lead opened again shows it, with the pane it stands in.
import { toast } from "./toast.js";

const FIELDS = "textarea, select, [name=template_key], input:not([type=hidden]):not([type=radio]):not([type=submit])";
const met = new WeakSet(); // panes that are filled already
const sent = new WeakSet(); // panes whose words are kept now; what goes may still say that it was changed
const whose = `draft ${document.body.dataset.viewer} `;
const keyOf = (form) => `${whose}${form.getAttribute("action")}${form.querySelector("[name=channel]")?.value ?? ""}`;
const keyToCome = (pane) => `${whose}${pane.querySelector("[hx-get]").getAttribute("hx-get").replace("/new?channel=", "")}`;
const read = (key) => { try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; } };
const write = (key, kept) => { try { if (kept) sessionStorage.setItem(key, JSON.stringify(kept)); else sessionStorage.removeItem(key); } catch { /* then it lasts as long as the drawer */ } };

const fieldsOf = (form) => [...form.querySelectorAll(FIELDS)].filter((field) => field.name);
// What came back refused stands in the form as it was sent, and is marked (dirty.js).
const isWritten = (form) => [...form.querySelectorAll("textarea")].some((field) => field.value.trim() && ("dirty" in form.dataset || field.value !== field.defaultValue));

const keep = (form) => !sent.has(form) && write(keyOf(form), isWritten(form)
  ? Object.fromEntries(fieldsOf(form).map((field) => [field.name, field.type === "checkbox" ? field.checked : field.value]))
  : null);

const fill = (form, kept) => {
  for (const field of fieldsOf(form)) {
    if (!(field.name in kept)) continue;
    if (field.type === "checkbox") field.checked = kept[field.name];
    else field.value = kept[field.name];
  }
  form.querySelector("textarea")?.dispatchEvent(new Event("input", { bubbles: true }));
};

// A pane that has yet to be fetched (email, text) is fetched by being shown.
const restore = () => {
  for (const composer of document.querySelectorAll(".composer")) {
    for (const form of composer.querySelectorAll("form.pane")) {
      if (met.has(form)) continue;
      met.add(form);
      if ("dirty" in form.dataset) keep(form); // written before this script came
      const kept = !("dirty" in form.dataset) && read(keyOf(form));
      if (kept) fill(form, kept);
    }
    if (met.has(composer)) continue;
    met.add(composer);
    const written = composer.querySelector("form.pane[data-dirty]");
    const waiting = [...composer.querySelectorAll("div.pane:has([hx-get])")].find((pane) => read(keyToCome(pane)));
    const tab = document.getElementById(`c-${(written ?? waiting)?.dataset.pane}`);
    if (tab) tab.checked = true;
  }
};

document.addEventListener("input", (event) => { const form = event.target.closest?.(".composer form.pane"); if (form) keep(form); });
document.addEventListener("change", (event) => { const form = event.target.closest?.(".composer form.pane"); if (form) keep(form); });
document.addEventListener("htmx:after:request", (event) => {
  const ctx = event.detail?.ctx;
  const form = ctx?.sourceElement?.closest?.(".composer form.pane");
  if (!form || ctx.sourceElement !== form || !(ctx.response?.status < 400)) return;
  // What was typed on while the answer was awaited goes into the pane that takes this one's place.
  const words = form.querySelector("textarea");
  const given = ctx.request.body.get(words.name);
  const rest = words.value.startsWith(given) ? words.value.slice(given.length).trimStart() : words.value;
  write(keyOf(form), rest ? { [words.name]: rest } : null);
  sent.add(form);
});
document.addEventListener("htmx:after:swap", restore);

// Out of sight is not lost, and one is told so.
const drawer = document.getElementById("drawer");
const isWriting = () => [...(drawer?.querySelectorAll(".composer form.pane") ?? [])].some(isWritten);
const sayKept = () => toast("Not sent yet. What you wrote waits with the lead until you open it again.", { kind: "info" });
let left = "";
document.addEventListener("drawer:closing", () => { if (isWriting()) sayKept(); });
document.addEventListener("htmx:before:swap", (event) => {
  left = event.detail?.ctx?.target === drawer && isWriting() ? drawer.firstElementChild.id : "";
});
document.addEventListener("htmx:after:swap", () => {
  if (left && drawer.firstElementChild?.id !== left) sayKept();
  left = "";
});
restore();
