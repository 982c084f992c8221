// Sends the form, and keeps trying when the line is gone. The token in it makes a second arrival harmless.
import { forget } from "./keep.js";
import { proven } from "./proving.js";

const PATIENCE = 20_000;
const OFFLINE = "You seem to be offline. Nothing is lost: we send it as soon as you are back, or tap to try again.";
const BROKEN = "That did not work, and it was not you. Nothing is lost; please try again in a minute.";

export async function send(form, button, { answered, tellHeight }) {
  const note = form.querySelector("[data-send-note]");
  const words = button.textContent;
  form.setAttribute("aria-busy", "true");
  button.textContent = "Sending…";
  note.hidden = true;
  try {
    await proven(form);
    const response = await fetch(form.action, {
      method: "POST", body: new URLSearchParams(new FormData(form)), signal: AbortSignal.timeout(PATIENCE),
    });
    if (response.redirected) {
      forget(form.dataset.leadForm);
      location.replace(response.url);
      return;
    }
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (!answered(page)) explain(BROKEN);
  } catch {
    explain(OFFLINE);
    addEventListener("online", again, { once: true });
  }

  function explain(message) {
    form.removeAttribute("aria-busy");
    button.textContent = words;
    note.textContent = message;
    note.hidden = false;
    tellHeight();
  }

  function again() {
    if (form.isConnected && form.getAttribute("aria-busy") !== "true") send(form, button, { answered, tellHeight });
  }
}
