// The list: dialogs that are fetched open by themselves, columns are ordered by dragging or by keys, and a field of the
// filter that is filled in counts as chosen.
const dialog = document.getElementById("list-dialog");

const open = () => {
  if (!dialog || !dialog.firstElementChild) return;
  if (!dialog.open) dialog.showModal();
  (dialog.querySelector("[aria-invalid=true]") ?? dialog.querySelector("[autofocus]"))?.focus();
  dialog.querySelector("[autofocus], [aria-invalid=true]")?.closest("fieldset")?.scrollIntoView({ block: "center" });
  const columns = dialog.querySelector("[data-columns]");
  if (columns) orderable(columns);
};

const announce = (words) => {
  const announcer = document.getElementById("announcer");
  if (announcer) announcer.textContent = words;
};

const place = (item) => {
  const all = [...item.parentElement.children];
  announce(`${item.querySelector("label").textContent.trim()}: place ${all.indexOf(item) + 1} of ${all.length}`);
};

const shift = (item, step) => {
  const other = step < 0 ? item.previousElementSibling : item.nextElementSibling;
  if (!other) return;
  if (step < 0) other.before(item);
  else other.after(item);
  item.scrollIntoView({ block: "nearest" });
  place(item);
};

// No more ticks than the list can show.
const limit = (list) => {
  const boxes = [...list.querySelectorAll("input[type=checkbox]")];
  const full = boxes.filter((box) => box.checked).length >= Number(list.dataset.most);
  for (const box of boxes) box.disabled = full && !box.checked;
};

const loadSortable = () => new Promise((resolve) => {
  if (window.Sortable) return resolve();
  const script = document.createElement("script");
  script.src = dialog.dataset.sortableUrl;
  script.onload = resolve;
  document.head.append(script);
});

const orderable = (list) => {
  if (list.dataset.wired) return;
  list.dataset.wired = "";
  limit(list);
  list.addEventListener("change", () => limit(list));
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-up], [data-down]");
    if (!button) return;
    shift(button.closest("li"), button.matches("[data-up]") ? -1 : 1);
    button.focus();
  });
  list.addEventListener("keydown", (event) => {
    if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    const focused = document.activeElement;
    shift(event.target.closest("li"), event.key === "ArrowUp" ? -1 : 1);
    focused.focus();
    event.preventDefault();
  });
  loadSortable().then(() => new window.Sortable(list, {
    handle: ".grip", animation: 120, ghostClass: "ghost", forceFallback: matchMedia("(any-pointer: coarse)").matches,
    onEnd: (event) => place(event.item),
  }));
};

if (dialog) {
  document.addEventListener("htmx:after:swap", (event) => {
    if ((event.detail?.ctx?.target ?? event.target) === dialog) open();
  });
  dialog.addEventListener("close", () => dialog.replaceChildren());
  // Dates typed by hand stand instead of the word chosen before, and the other way round.
  dialog.addEventListener("input", (event) => {
    const field = event.target.closest("[data-filter-field]");
    if (!field) return;
    if (event.target.matches(".end input")) {
      const when = field.querySelector(".when");
      if (when && event.target.value) when.value = "";
    } else if (event.target.matches(".when") && event.target.value) {
      for (const end of field.querySelectorAll(".end input")) end.value = "";
    }
    const how = field.querySelector(".how");
    if (how && event.target !== how && ["none", "some"].includes(how.value)) how.value = "is";
    field.classList.toggle("rests", ["none", "some"].includes(how?.value));
  });
}
