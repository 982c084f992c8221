// The server's checks, step by step and in its own words (data-asking). More lenient than the server, never stricter.
const POSTCODE = /^[A-Z]{1,2}[0-9OI][A-Z0-9]?([0-9OI][A-Z01]{2}|[0-9OI])?$/;

// Of several cards the browser gives the value of the one that is chosen; one that stands alone has its value either way.
export const text = (form, name) => {
  const field = form.elements[name];
  return field?.type === "radio" && !field.checked ? "" : (field?.value ?? "").trim();
};
const wrongPostcode = (value) => !POSTCODE.test(value.toUpperCase().replace(/[\s.-]/g, ""));
const wrongPhone = (value) => {
  const digits = value.replace(/\D/g, "");
  return digits.length < 9 || /^0[23579]\d{8}$/.test(digits); // a digit is missing (app/core/phones.py)
};
const wrongEmail = (value) => !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value);

// What is wrong with an answer beyond its being left out. `needed` says whether the form demands one.
const CHECKS = {
  postcode: (form, value) => (!value ? "missing" : wrongPostcode(value) ? "wrong" : ""),
  bedrooms: (form, value, needed) => (value || !needed || text(form, "property_type") === "commercial" ? "" : "missing"),
  frequency: (form, value, needed) => (value || !needed || !asking(form).regular.includes(text(form, "service")) ? "" : "missing"),
  phone: (form, value, needed) => {
    const method = text(form, "preferred_method");
    if (value) return wrongPhone(value) ? "wrong" : "";
    if (method === "phone" || method === "sms") return "asked";
    if (needed) return "missing";
    return text(form, "email") || method === "email" || !form.elements.email ? "" : "missing";
  },
  email: (form, value, needed) => {
    if (value) return wrongEmail(value) ? "wrong" : "";
    return text(form, "preferred_method") === "email" ? "asked" : needed ? "missing" : "";
  },
};

const known = new WeakMap();

// What the form asks: { required, regular, own, messages, photos }.
export function asking(form) {
  if (!known.has(form)) known.set(form, JSON.parse(form.querySelector("[data-asking]").textContent));
  return known.get(form);
}

// Shows what is wrong in a step beside its fields. Returns the first field to mend as they stand there, or undefined.
export function check(form, step) {
  const { required, messages } = asking(form);
  let first;
  for (const name of Object.keys(messages)) {
    const field = step.querySelector(`[name="${name}"]`);
    if (!field) continue;
    const needed = required.includes(name);
    const value = answer(form, step, field);
    const fault = CHECKS[name] ? CHECKS[name](form, value, needed) : needed && !value ? "missing" : "";
    show(field, fault && messages[name][fault]);
    if (fault && (!first || field.compareDocumentPosition(first) & Node.DOCUMENT_POSITION_FOLLOWING)) first = field;
  }
  return first;
}

function answer(form, step, field) {
  if (field.type === "checkbox") return step.querySelector(`[name="${field.name}"]:checked`)?.value ?? "";
  return field.type === "file" ? field.value : text(form, field.name);
}

// Puts a message beside a field or a group of choices, or takes it away.
export function show(field, message) {
  const group = field.matches("[type=radio], [type=checkbox]") ? field.closest("fieldset") : null;
  const holder = group ?? field.closest(".field");
  const id = `f-${field.name}-error`;
  const described = group ?? field;
  const others = (described.getAttribute("aria-describedby") ?? "").split(" ").filter((other) => other && other !== id);
  holder.querySelector(":scope > .error")?.remove();
  if (!group) field.removeAttribute("aria-invalid");
  if (message) {
    const line = document.createElement("p");
    line.className = "error";
    line.id = id;
    line.textContent = message;
    (holder.querySelector(":scope > .hint") ?? holder.querySelector(":scope > legend, :scope > label")).after(line);
    if (!group) field.setAttribute("aria-invalid", "true");
    others.unshift(id);
  }
  if (others.length) described.setAttribute("aria-describedby", others.join(" "));
  else described.removeAttribute("aria-describedby");
}
