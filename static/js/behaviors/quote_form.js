// The lines of a quote: spare rows stay out of sight until asked for, and rows can be taken out again.
// Without scripts every row is there and empty ones are ignored, so nothing here is needed to write a quote.
const isEmpty = (row) => [...row.querySelectorAll("input")].every((field) => !field.value.trim());

const rename = (row, number) => {
  for (const field of row.querySelectorAll("input")) {
    field.id = `f-${field.name}-${number}`;
    const caption = field.closest(".field")?.querySelector("label");
    if (caption) caption.htmlFor = field.id;
  }
};

const mark = (row) => {
  const button = row.querySelector("[data-line-remove]");
  button.hidden = false;
  button.disabled = isEmpty(row);
};

const tidy = (box) => {
  const rows = [...box.querySelectorAll("[data-line]")];
  let spare = false;
  for (const row of rows) {
    row.hidden = isEmpty(row) && spare;
    spare ||= isEmpty(row);
    mark(row);
  }
  for (const button of box.querySelectorAll("[data-line-add], [data-line-words]")) button.hidden = isThere(box, button.dataset.lineWords);
};

// Work that stands in a line already is not suggested again.
const isThere = (box, words) => Boolean(words) && [...box.querySelectorAll("[name=line_text]")].some((field) => field.value.trim() === words);

const add = (box) => {
  const rows = [...box.querySelectorAll("[data-line]")];
  let row = rows.find((candidate) => candidate.hidden);
  if (!row) {
    row = rows.at(-1).cloneNode(true);
    for (const field of row.querySelectorAll("input")) {
      field.value = "";
      field.removeAttribute("aria-invalid");
      field.removeAttribute("aria-describedby");
    }
    for (const error of row.querySelectorAll(".error")) error.remove();
    rows.at(-1).after(row);
    rename(row, rows.length);
  }
  row.hidden = false;
  mark(row);
  row.querySelector("input").focus();
  return row;
};

const suggest = (button) => {
  const box = button.closest("[data-lines]");
  const row = [...box.querySelectorAll("[data-line]")].find((each) => !each.hidden && isEmpty(each)) ?? add(box);
  row.querySelector("[name=line_text]").value = button.dataset.lineWords;
  row.querySelector("[name=line_amount]").value = button.dataset.lineAmount;
  row.dispatchEvent(new Event("input", { bubbles: true }));
  tidy(box);
  row.querySelector("[name=line_amount]").focus();
};

const remove = (button) => {
  const row = button.closest("[data-line]");
  const box = row.closest("[data-lines]");
  for (const field of row.querySelectorAll("input")) field.value = "";
  box.querySelector("[data-line-add]").before(row); // order of the others stays; the emptied row waits at the end
  row.dispatchEvent(new Event("input", { bubbles: true }));
  tidy(box);
  box.querySelector("[data-line-add]").focus();
};

// What the prices come to is reckoned by the server, as it will be kept, once nobody has typed for a moment.
let clock = 0;
const reckonSoon = (panel) => {
  clearTimeout(clock);
  clock = setTimeout(() => panel.dispatchEvent(new Event("reckon", { bubbles: false })), 200);
};

// What has been put right says so no longer; what else is wrong is said when it is saved.
const forgive = (panel) => {
  const form = panel.closest("form");
  const wrong = panel.dataset.wrong.split(" ");
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    if (wrong.includes(field.id)) continue;
    const said = `${field.id}-error`;
    const others = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== said);
    field.removeAttribute("aria-invalid");
    if (others.length) field.setAttribute("aria-describedby", others.join(" "));
    else field.removeAttribute("aria-describedby");
    form.querySelector(`#${said}`)?.remove();
    form.querySelector(`.error-summary a[href="#${field.id}"]`)?.closest("li").remove();
  }
  const summary = form.querySelector(".error-summary");
  if (summary && !summary.querySelector("li")) summary.remove();
};

const start = () => {
  for (const box of document.querySelectorAll("[data-lines]:not([data-ready])")) {
    box.dataset.ready = "";
    tidy(box);
  }
  for (const panel of document.querySelectorAll("[data-wrong]")) forgive(panel);
};

document.addEventListener("click", (event) => {
  const adder = event.target.closest?.("[data-line-add]");
  if (adder) add(adder.closest("[data-lines]"));
  const remover = event.target.closest?.("[data-line-remove]");
  if (remover) remove(remover);
  const suggestion = event.target.closest?.("[data-line-words]");
  if (suggestion) suggest(suggestion);
});
document.addEventListener("input", (event) => {
  const row = event.target.closest?.("[data-line]");
  if (row) mark(row);
  const panel = event.target.closest?.("form")?.querySelector("[data-reckon]");
  if (panel) reckonSoon(panel);
});
document.addEventListener("htmx:after:swap", start);
start();
