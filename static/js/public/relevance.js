// What follows from the answers so far: questions that fall away, whether we come that way, and all of it at the end.
const RECAP = {
  Postcode: ["postcode"], Place: ["property_type", "bedrooms"], Work: ["service", "frequency"], Extras: ["extras"], Name: ["name"],
  Phone: ["phone"], Email: ["email"],
};

export function follow(form) {
  for (const part of form.querySelectorAll("[data-hide-when]")) {
    const [name, value] = part.dataset.hideWhen.split("=");
    part.hidden = form.elements[name].value === value;
  }
  tellArea(form);
  recap(form);
}

function tellArea(form) {
  const note = form.querySelector("[data-area-note]");
  const { districts, inside, outside } = JSON.parse(form.dataset.area);
  const typed = form.elements.postcode.value.toUpperCase().replace(/[\s.-]/g, "");
  const district = /^([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})?$/.exec(typed)?.[1];
  note.hidden = !district || !districts.length;
  if (note.hidden) return;
  const [before, after] = (districts.includes(district) ? inside : outside).split("{}");
  const name = document.createElement("b");
  name.textContent = district;
  note.firstElementChild.replaceChildren(before, name, after);
}

function recap(form) {
  const list = form.querySelector("[data-recap]");
  list.replaceChildren();
  for (const [word, names] of Object.entries(RECAP)) {
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
  const fields = [...form.querySelectorAll(`[name=${name}]`)].filter((field) => !field.closest("[hidden]:not([data-recap])"));
  return fields.flatMap((field) => {
    if (field.matches("select")) return field.value ? field.selectedOptions[0].text : [];
    if (!field.matches("[type=radio], [type=checkbox]")) return field.value.trim() || [];
    if (!field.checked) return [];
    const title = field.closest("label").querySelector("b").textContent;
    return name === "bedrooms" ? `${title} bedrooms` : name === "frequency" ? title.toLowerCase() : title;
  });
}
