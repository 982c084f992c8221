// A page of settings is several forms. While one holds what is not saved, sending another would leave the page, and the
// browser would ask about it: the other is then sent from here, and its answer takes the place of its part of the page
// alone. Where nothing else is typed, the browser sends a form by itself, as always.
import { sayOut, take } from "./signed_out.js";
import { toast } from "./toast.js";

const unsaved = (root, but) => [...root.querySelectorAll("form[data-guard][data-dirty]")].filter((form) => form !== but);

// The largest part around the form that has a name and holds nothing else unsaved; else the smallest with a name, in
// which the unsaved forms are put back.
const partOf = (form) => {
  const named = [];
  for (let part = form.parentElement?.closest("[id]"); part?.closest(".settings"); part = part.parentElement.closest("[id]")) named.push(part);
  return named.findLast((part) => !unsaved(part, form).length) ?? named[0];
};

const sameIn = (part, form) => [...part.querySelectorAll("form")].find((each) =>
  (form.id ? each.id === form.id : each.getAttribute("action") === form.getAttribute("action")));

const put = (part, fresh, form) => {
  for (const other of unsaved(part, form)) {
    const place = sameIn(fresh, other);
    if (!place) return false;
    place.replaceWith(other);
  }
  part.replaceWith(fresh);
  window.htmx?.process(fresh);
  return true;
};

const show = (page, form, part) => {
  const fresh = page.getElementById(part.id);
  if (!fresh) return false;
  const isPut = put(part, document.importNode(fresh, true), form);
  for (const said of page.querySelectorAll("#toasts > *")) document.getElementById("toasts").append(document.importNode(said, true));
  const [mine, theirs] = [document, page].map((each) => each.querySelector(".sidebar .brand"));
  if (theirs) mine.replaceWith(document.importNode(theirs, true)); // the name of the business
  const now = document.getElementById(part.id);
  if (isPut) (now.querySelector("[data-focus]") ?? now.querySelector("button[type=submit]"))?.focus();
  return isPut || !page.querySelector("main [role=alert]");
};

// What the answer says of who is signed in: "out" is said with a way back in; "anew" has the token of the new session of
// the same person, so that it may be sent once more.
const standing = (page) => {
  const way = page.querySelector("[data-sign-in]");
  if (way) return sayOut(way.getAttribute("href")) ?? "out";
  const again = page.querySelector("form[data-again]");
  const token = again?.querySelector("[name=csrf_token]")?.value;
  if (!token || again.dataset.again !== document.body.dataset.viewer) return "";
  take(token);
  document.querySelector("[data-signed-out]")?.remove();
  return "anew";
};

const send = async (form, submitter, part, isSecond = false) => {
  form.setAttribute("aria-busy", "true");
  const address = submitter?.getAttribute("formaction") ?? form.getAttribute("action");
  const answer = await fetch(address, { method: "POST", body: new FormData(form, submitter), headers: { Accept: "text/html" } }).catch(() => null);
  form.removeAttribute("aria-busy");
  if (!answer) return toast("Sill cannot be reached. What you typed is still here; try again in a moment.", { kind: "bad" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (show(page, form, part)) return null;
  const now = standing(page);
  if (now === "out") return null;
  if (now === "anew" && !isSecond) return send(form, submitter, part, true);
  if (answer.ok) return toast("Done. Save the rest, then reload the page to see it.");
  return toast(page.querySelector("main [role=alert], main p")?.textContent || "That was refused, and nothing was saved.", { kind: "bad" });
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || event.submitter?.formTarget || form.target || !form.closest(".settings")) return;
  if (form.hasAttribute("aria-busy")) return event.preventDefault();
  const part = unsaved(document, form).length ? partOf(form) : null;
  if (!part) return;
  event.preventDefault();
  send(form, event.submitter, part);
});
