// What follows from the answers so far: questions that fall away, whether we come that way, and all of it at the end.
import { asking, text } from "./checks.js";

const RECAP = {
  Address: ["address_line1", "town", "postcode"], Place: ["property_type", "bedrooms"], Work: ["service", "frequency"],
  Extras: ["extras"], Wishes: ["wishes"], Access: ["access_facts", "access_notes"], Name: ["name"], Phone: ["phone"],
  Email: ["email"], "Get in touch": ["preferred_method"], When: ["preferred_time"],
};

export function follow(form) {
  for (const part of form.querySelectorAll("[data-hide-when]")) {
    const [name, value] = part.dataset.hideWhen.split("=");
    part.hidden = text(form, name) === value;
  }
  tellArea(form);
  recap(form);
}

// The postcode's first half, or undefined while it is none.
export function district(form) {
  const typed = form.elements.postcode.value.toUpperCase().replace(/[\s.-]/g, "");
  return /^([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})?$/.exec(typed)?.[1];
}

function tellArea(form) {
  const note = form.querySelector("[data-area-note]");
  if (!note) return;
  const { districts, inside, outside } = JSON.parse(form.dataset.area);
  const found = district(form);
  const isInside = !districts.length || districts.includes(found);
  const date = note.querySelector("[data-area-date]");
  note.hidden = !found || (!districts.length && !date);
  if (note.hidden) return;
  const [before, after] = (isInside ? inside : outside).split("{}");
  const name = document.createElement("b");
  name.textContent = found;
  note.querySelector("[data-area-words]").replaceChildren(before, name, after);
  if (date) date.hidden = !isInside;
}

function recap(form) {
  const list = form.querySelector("[data-recap]");
  if (!list) return;
  list.replaceChildren();
  const own = Object.entries(asking(form).own).map(([name, label]) => [label, [name]]);
  for (const [word, names] of [...Object.entries(RECAP), ...own]) {
    const said = names.flatMap((name) => words(form, name)).join(", ");
    if (!said) continue;
    const [row, term, value] = ["div", "dt", "dd"].map((tag) => document.createElement(tag));
    term.textContent = word;
    value.textContent = said;
    row.append(term, value);
    list.append(row);
  }
  list.hidden = !list.childElementCount;
}

function words(form, name) {
  const fields = [...form.querySelectorAll(`[name="${name}"]`)].filter((field) => !field.closest("[data-hide-when][hidden]"));
  return fields.flatMap((field) => {
    if (field.matches("select")) return field.value ? field.selectedOptions[0].text : [];
    if (!field.matches("[type=radio], [type=checkbox]")) return field.value.trim() || [];
    if (!field.checked) return [];
    const title = field.closest("label").querySelector("b").textContent;
    return name === "bedrooms" ? `${title} bedrooms` : name === "frequency" ? title.toLowerCase() : title;
  });
}
