// The question before a lead goes to a final stage: what that stops, and for a lost one why and when it comes back. It
// arrives as a dialog in an answer and opens itself; a reason fills in its day, until somebody picks another.
const there = () => [...document.querySelectorAll("dialog#farewell")];
let waiting = null; // resolves with what was answered, or null; only the board waits

const settle = (answer) => {
  waiting?.(answer);
  waiting = null;
};

const open = (dialog) => {
  dialog.addEventListener("close", () => {
    dialog.remove();
    const form = document.querySelector(".stage-form");
    form?.reset(); // to where the lead stands, unless it has moved
    if (form && !waiting) setTimeout(() => { if (document.activeElement === document.body) form.querySelector("select")?.focus(); });
    settle(null);
  });
  dialog.showModal();
  const chosen = dialog.querySelector("input[type=radio]:checked");
  if (chosen) tell(chosen);
  (chosen ?? dialog.querySelector("input[type=radio]") ?? dialog.querySelector("button[type=submit]")).focus();
};

const tell = (chosen) => {
  const task = chosen.form.querySelector("[data-return-task]");
  const day = chosen.form.querySelector("[data-returns-on]");
  if (task) task.textContent = chosen.dataset.task && day?.value ? `What to do then: ${chosen.dataset.task}` : "";
};

document.addEventListener("htmx:after:swap", () => {
  const all = there();
  for (const old of all.slice(0, -1)) old.remove();
  const dialog = all.at(-1);
  if (dialog && !dialog.open) open(dialog);
});

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-farewell]");
  if (!form) return;
  const day = form.querySelector("[data-returns-on]");
  if (event.target === day) day.dataset.touched = "";
  else if (event.target.name === "reason_key" && day && !("touched" in day.dataset)) day.value = event.target.dataset.returns;
  const chosen = form.querySelector("input[name=reason_key]:checked");
  if (chosen) tell(chosen);
});

addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-farewell]");
  if (!form || !waiting) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  settle(new FormData(form));
  form.closest("dialog").close();
}, true);

document.addEventListener("htmx:after:request", (event) => {
  const ctx = event.detail?.ctx;
  const form = ctx?.sourceElement?.closest?.("form[data-farewell]");
  if (form && ctx.response && ctx.response.status < 400) form.closest("dialog")?.close();
});

const ask = async (boardUrl, stageId, leadIds) => {
  const query = new URLSearchParams(leadIds.map((id) => ["lead", id]));
  try {
    await window.htmx.ajax("GET", `${boardUrl}farewell/${stageId}?${query}`, { target: "#dialogs", swap: "beforeend" });
  } catch {
    return undefined;
  }
  if (!there().at(-1)?.open) return undefined;
  return new Promise((resolve) => { waiting = resolve; });
};

// One question at a time: what is moved before the last one is answered, on a slow line, is asked about after it.
let line = Promise.resolve();

/** Ask about these leads; resolves with the form's data, null when one thinks better of it, undefined when it can't be asked. */
export function askFarewell(...about) {
  line = line.then(() => ask(...about));
  return line;
}
