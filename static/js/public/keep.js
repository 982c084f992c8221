// What was typed stays in this tab until it is sent, for a day at most: a reload or a wrong tap loses nothing.
const DAY = 24 * 60 * 60 * 1000;
const name = (key) => `sill-form-${key}`;
const NOT_KEPT = ["token", "proof", "homepage", "referrer", "landing_page"];

// A browser may forbid storage (in a frame, in private windows); then nothing is kept, and nothing breaks.
function storage(use) {
  try {
    return use(sessionStorage);
  } catch {
    return null;
  }
}

export function keep(form, step) {
  const answers = [...new FormData(form)].filter(([field]) => !NOT_KEPT.includes(field) && !field.startsWith("utm_"));
  storage((store) => store.setItem(name(form.dataset.leadForm), JSON.stringify({ at: Date.now(), step, answers })));
}

// Puts kept answers back into the form. Returns { step } or null.
export function kept(form) {
  const found = storage((store) => JSON.parse(store.getItem(name(form.dataset.leadForm))));
  if (!found || !Array.isArray(found.answers) || Date.now() - found.at > DAY) return null;
  for (const field of form.elements) {
    if (field.type === "radio" || field.type === "checkbox") {
      field.checked = found.answers.some(([key, value]) => key === field.name && value === field.value);
    } else if (field.name && !NOT_KEPT.includes(field.name)) {
      const answer = found.answers.find(([key]) => key === field.name);
      if (answer) field.value = answer[1];
    }
  }
  return { step: Number(found.step) || 0 };
}

export function forget(key) {
  storage((store) => store.removeItem(name(key)));
}
