// Finding for the palette: on the server, one request an address, a newer one ending the older; and among what is here.
import { send } from "./signed_out.js";

const asking = new Map(); // address -> what ends its request

/** End the request to an address that is under way, if any. */
export const stopAsking = (url) => asking.get(url)?.abort();

/** Post `body` (URLSearchParams): {html} or {fault} in words; null when a newer request took its place. */
export async function ask(url, body) {
  stopAsking(url);
  const mine = new AbortController();
  asking.set(url, mine);
  try {
    const answer = await send(url, { method: "POST", body, headers: { "HX-Request": "true" }, signal: mine.signal });
    if (answer.headers.get("HX-Redirect")) location.assign(answer.headers.get("HX-Redirect"));
    if (answer.ok) return { html: await answer.text() };
    if (answer.status === 401) return { fault: "You are signed out. Reload the page to sign in." };
    return { fault: answer.status === 429 ? "That was too often in a short time. Wait a minute, then go on." : "Searching does not work just now. Type on to try again." };
  } catch (error) {
    if (error.name === "AbortError") return null;
    return { fault: "There is no connection. Pages can still be chosen; type on to try again." };
  } finally {
    if (asking.get(url) === mine) asking.delete(url);
  }
}

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** Hide the options of `start` that do not fit: every typed word has to begin one of their words. */
export function narrow(start, typed) {
  const words = fold(typed).split(/\s+/).filter(Boolean);
  for (const group of start.querySelectorAll("[data-group]")) {
    for (const option of group.querySelectorAll("[role=option]")) {
      const own = fold(`${option.querySelector(".hit-words").textContent} ${option.dataset.also ?? ""}`).split(/[^\p{L}\p{N}]+/u);
      const fits = group.dataset.group !== "recent" && words.every((word) => own.some((each) => each.startsWith(word)));
      option.hidden = words.length > 0 && !fits;
    }
    group.hidden = !group.querySelector("[role=option]:not([hidden])");
  }
}
