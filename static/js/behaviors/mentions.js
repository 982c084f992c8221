// Names after an @ in [data-mention] (the address of the names): a short list beneath the field, chosen by arrows and Enter,
// Tab or a tap. Nothing is fetched before the first @.
let names = null;
let list = null;
let field = null;

const fetchNames = async (url) => {
  if (names) return names;
  const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) return []; // the next letter asks again
  names = await answer.json();
  return names;
};

const begun = () => {
  const before = field.value.slice(0, field.selectionStart);
  return /(?:^|\s)@([\p{L}'’ -]{0,30})$/u.exec(before)?.[1];
};

const close = () => {
  list?.remove();
  list = null;
  field?.removeAttribute("aria-activedescendant");
};

const choose = (name) => {
  const typed = begun() ?? "";
  const end = field.selectionStart;
  field.setRangeText(`${name} `, end - typed.length, end, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  close();
  field.focus();
};

const mark = (step) => {
  const all = [...list.children];
  const at = all.findIndex((item) => item.ariaSelected === "true");
  const next = all[(at + step + all.length) % all.length];
  for (const item of all) item.ariaSelected = String(item === next);
  field.setAttribute("aria-activedescendant", next.id);
};

const show = async () => {
  const typed = begun();
  if (typed === undefined) return close();
  const every = await fetchNames(field.dataset.mention);
  if (typed !== begun() || document.activeElement !== field) return; // it came too late: one has typed on
  const fit = every.filter((name) => name.toLowerCase().split(" ").some((_, at, words) => words.slice(at).join(" ").startsWith(typed.toLowerCase()))).slice(0, 6);
  close();
  if (!fit.length || every.includes(typed.trimEnd())) return;
  list = document.createElement("ul");
  list.className = "mentions";
  list.role = "listbox";
  list.id = "mentions";
  list.ariaLabel = "People";
  fit.forEach((name, at) => {
    const item = document.createElement("li");
    item.role = "option";
    item.id = `mention-${at}`;
    item.textContent = name;
    item.ariaSelected = String(at === 0);
    item.addEventListener("pointerdown", (event) => { event.preventDefault(); choose(name); });
    list.append(item);
  });
  field.after(list);
  field.setAttribute("aria-controls", "mentions");
  field.setAttribute("aria-activedescendant", "mention-0");
};

document.addEventListener("input", (event) => {
  if (!event.target.matches?.("[data-mention]")) return;
  field = event.target;
  show();
});
document.addEventListener("keydown", (event) => {
  if (!list || event.target !== field) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") mark(event.key === "ArrowDown" ? 1 : -1);
  else if (event.key === "Enter" || event.key === "Tab") choose(list.querySelector("[aria-selected=true]").textContent);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);
document.addEventListener("focusout", (event) => { if (event.target === field) setTimeout(close, 150); });
