// The server's checks, step by step and in its own words (data-messages). More lenient than the server, never stricter.
const POSTCODE = /^[A-Z]{1,2}[0-9OI][A-Z0-9]?([0-9OI][A-Z01]{2}|[0-9OI])?$/;
const REGULAR = ["window_cleaning", "solar_panels", "conservatory"];

const text = (form, name) => (form.elements[name]?.value ?? "").trim();
const wrongPostcode = (value) => !POSTCODE.test(value.toUpperCase().replace(/[\s.-]/g, ""));
const wrongPhone = (value) => value.replace(/\D/g, "").length < 9;
const wrongEmail = (value) => !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value);

const CHECKS = {
  postcode: (form, value) => (!value ? "missing" : wrongPostcode(value) ? "wrong" : ""),
  property_type: (form, value) => (value ? "" : "missing"),
  bedrooms: (form, value) => (value || text(form, "property_type") === "commercial" ? "" : "missing"),
  service: (form, value) => (value ? "" : "missing"),
  frequency: (form, value) => (value || !REGULAR.includes(text(form, "service")) ? "" : "missing"),
  name: (form, value) => (value ? "" : "missing"),
  phone: (form, value) => {
    const method = text(form, "preferred_method");
    if (value) return wrongPhone(value) ? "wrong" : "";
    if (method === "phone" || method === "sms") return "asked";
    return text(form, "email") || method === "email" ? "" : "missing";
  },
  email: (form, value) => {
    if (value) return wrongEmail(value) ? "wrong" : "";
    return text(form, "preferred_method") === "email" ? "asked" : "";
  },
};

// Shows what is wrong in a step beside its fields. Returns the first field to mend, or undefined.
export function check(form, step) {
  const messages = JSON.parse(form.dataset.messages);
  let first;
  for (const [name, judge] of Object.entries(CHECKS)) {
    const field = step.querySelector(`[name=${name}]`);
    if (!field) continue;
    const fault = judge(form, text(form, name));
    show(field, fault && messages[name][fault]);
    if (fault) first ??= field;
  }
  return first;
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
