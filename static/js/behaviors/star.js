// Stars, one's own marks on leads: on cards, on rows and in the drawer. They turn at once; what the server says of them
// afterwards holds. Other pages of the same person hear of it by the stream and ask for that one star.
import { send as sendAs } from "./signed_out.js";
import { announce, toast } from "./toast.js";

const STAR = ".at > button, .name-cell > button, .star > button";
const LONGEST = 15000; // ms until an answer counts as lost
const turned = new Map(); // lead -> what it was turned to and is being saved as

const idOf = (button) => button.closest("[id^=lead-]").id.slice(5, 41); // lead-<id>, lead-<id>-drawer
const starsOf = (id) => [...document.querySelectorAll(`[id^="lead-${CSS.escape(id)}"] :is(${STAR})`)];
const addressOf = (id) => `${document.body.dataset.stream.split("/stream")[0]}/leads/${id}/star`;
const show = (id, on) => { for (const star of starsOf(id)) star.setAttribute("aria-pressed", on); };

const REFUSALS = { 401: "You are signed out. Sign in again.", 404: "This lead is not here any more." };

/** Ask or tell the server; resolves with its words, or throws an Error that says why not. */
const send = async (id, more) => {
  let answer;
  try {
    answer = await sendAs(addressOf(id), { headers: { Accept: "text/plain" }, signal: AbortSignal.timeout(LONGEST), ...more });
  } catch {
    throw new Error("There is no connection, so the star was not saved.");
  }
  if (!answer.ok) throw new Error(REFUSALS[answer.status] ?? "The star could not be saved. Try again.");
  return answer.text();
};

const save = async (id, before) => {
  const on = turned.get(id);
  let reason = "";
  try {
    await send(id, { method: "POST", body: new URLSearchParams({ on: on ? "1" : "" }), keepalive: true });
  } catch (error) {
    reason = error.message;
  }
  if (turned.get(id) !== on) return save(id, reason ? before : on); // turned again meanwhile
  turned.delete(id);
  if (!reason) return;
  show(id, before);
  toast(reason, { kind: "bad" });
};

const turn = (star) => {
  const id = idOf(star);
  const on = star.getAttribute("aria-pressed") !== "true";
  const isSaving = turned.has(id);
  turned.set(id, on);
  show(id, on);
  announce(on ? "Starred" : "Star taken off");
  if (!isSaving) save(id, !on);
};

const look = async (id) => {
  if (turned.has(id) || !starsOf(id).length) return;
  const words = await send(id).catch(() => null);
  if (words !== null && !turned.has(id)) show(id, words === "on");
};

// Before a form is sent, a card opened or a row chosen by the same click.
document.addEventListener("click", (event) => {
  const star = event.target.closest?.(STAR);
  if (!star) return;
  event.preventDefault();
  event.stopPropagation();
  turn(star);
}, true);
document.addEventListener("live", (event) => {
  for (const topic of event.detail.topics ?? []) if (topic.startsWith("star-")) look(topic.slice(5));
});
// An answer under way may know nothing of a star just given.
document.addEventListener("htmx:after:swap", () => { for (const [id, on] of turned) show(id, on); });
