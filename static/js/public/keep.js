// What was typed stays on this device until it is sent, for a day at most: neither a reload, a wrong tap nor a closed
// tab loses it. What was on its way goes on with its own token: should it have arrived, it does not arrive twice.
const DAY = 24 * 60 * 60 * 1000;
const name = (key) => `sill-form-${key}`;
const NOT_KEPT = ["token", "version", "proof", "homepage", "referrer", "landing_page"];

// A browser may forbid storage (in a frame, in private windows); then nothing is kept, and nothing breaks.
function storage(use) {
  try {
    return use(localStorage);
  } catch {
    return null;
  }
}

// What is kept of a form, unless its day is over.
function read(key) {
  const found = storage((store) => JSON.parse(store.getItem(name(key))));
  if (found && Array.isArray(found.answers) && Date.now() - found.begun < DAY) return found;
  forget(key);
  return null;
}

// `isPending` says that the form was on its way.
export function keep(form, step, isPending = false) {
  const key = form.dataset.leadForm;
  const given = [...new FormData(form)];
  const answers = given.filter(([field, value]) => typeof value === "string" && !NOT_KEPT.includes(field) && !field.startsWith("utm_"));
  const photos = given.filter(([, value]) => value instanceof File && value.size).length;
  const [token, proof] = [form.elements.token.value, form.dataset.proof];
  const begun = read(key)?.begun ?? Date.now();
  storage((store) => store.setItem(name(key), JSON.stringify({ begun, step, answers, photos, token, proof, isPending })));
}

// Puts kept answers back into the form. Returns { step, isPending, photos } or null.
export function kept(form) {
  const found = read(form.dataset.leadForm);
  if (!found) return null;
  for (const field of form.elements) {
    if (field.type === "radio" || field.type === "checkbox") {
      field.checked = found.answers.some(([key, value]) => key === field.name && value === field.value);
    } else if (field.name && field.type !== "file" && !NOT_KEPT.includes(field.name)) {
      const answer = found.answers.find(([key]) => key === field.name);
      if (answer) field.value = answer[1];
    }
  }
  if (found.isPending) {
    form.elements.token.value = found.token;
    if (found.proof) form.dataset.proof = found.proof;
  }
  return { step: Number(found.step) || 0, isPending: Boolean(found.isPending), photos: found.photos || 0 };
}

export function forget(key) {
  storage((store) => store.removeItem(name(key)));
}
