// Signed out, in another tab or because the session ended: what was sent is refused, stays where it was typed, and one is
// told so with a link to sign in beside it, in a tab of its own. Whoever has signed in again sends it again as it stands:
// the first refusal brings the new session's token. A part that is asked for meanwhile does not take the page away.
import { toast } from "./toast.js";

const viewer = document.body.dataset.viewer;
const again = new WeakMap(); // request -> what sends it again, once it is over
const tried = new WeakSet(); // forms that were sent again: a second refusal is told

/** Say that one is signed out; `url`: of the sign-in. */
export const sayOut = (url) => {
  document.querySelector("[data-signed-out]")?.remove();
  const item = toast("You are signed out. Sign in, then send it again: what you typed stays here.", { kind: "bad" });
  if (!item) return;
  Object.assign(item.dataset, { signedOut: "", stays: "", seconds: "600" });
  const link = Object.assign(document.createElement("a"), { href: url, target: "_blank", rel: "noopener", textContent: "Sign in" });
  item.querySelector("p").append(" ", link);
};

// What the answer itself would say or do is left out.
const stop = (event) => {
  event.preventDefault();
  event.detail.ctx.hx.trigger = "";
};

export const take = (token) => {
  document.body.setAttribute("hx-headers:inherited", JSON.stringify({ "X-CSRFToken": token }));
  for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = token;
};

/** Whether a refusal, by its status and a function that reads its headers, brought the token of the same person's new session. */
export const anew = (status, header) => {
  const token = status === 400 && header("X-New-Token");
  if (!token || !viewer || header("X-Viewer") !== viewer) return false;
  take(token);
  document.querySelector("[data-signed-out]")?.remove();
  return true;
};

/** Fetch as this session; once more when there was a newer one. */
export const send = async (url, options) => {
  const ask = () => fetch(url, { ...options, headers: { ...options.headers, ...JSON.parse(document.body.getAttribute("hx-headers:inherited") ?? "{}") } });
  const answer = await ask();
  return anew(answer.status, (name) => answer.headers.get(name)) ? ask() : answer;
};

document.addEventListener("htmx:after:request", (event) => {
  const ctx = event.detail?.ctx;
  const { status, headers } = ctx?.response ?? {};
  const form = ctx?.sourceElement?.matches("form") ? ctx.sourceElement : null;
  const isTyped = () => document.querySelector("form[data-guard][data-dirty]");
  const way = status === 401 && (headers.get("X-Sign-In") ?? (isTyped() && headers.get("HX-Redirect")));
  if (way) {
    stop(event);
    sayOut(way);
  } else if (status === 400 && !tried.has(ctx.sourceElement) && anew(status, (name) => headers.get(name))) {
    stop(event);
    tried.add(ctx.sourceElement);
    if (form) again.set(ctx, () => form.isConnected && form.requestSubmit(ctx.request.submitter ?? undefined));
    else toast("You are signed in again. Press it once more.", { kind: "info" });
  } else if (status < 400) tried.delete(ctx.sourceElement);
});
document.addEventListener("htmx:finally:request", (event) => {
  const send = again.get(event.detail?.ctx);
  if (send) setTimeout(send);
});
