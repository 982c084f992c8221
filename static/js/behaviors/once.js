// A form that the browser sends by itself, or htmx. Sent twice by an impatient thumb it is sent once; the server refuses the
// second too, this spares the wait. Without a connection it is not sent: the browser's own error page would take the
// place of what was typed.
const AGAIN = 10_000; // ms, after which it may be sent again: the answer may be a file, which leaves the page as it is

const clear = (form) => {
  delete form.dataset.sent;
  form.removeAttribute("aria-busy");
};

const sayOffline = (form, submitter) => {
  const words = Object.assign(document.createElement("p"), {
    className: "error", role: "alert", textContent: "There is no connection. Nothing was sent; what you typed is still here.",
  });
  words.dataset.offline = "";
  (submitter ?? form.lastElementChild).before(words);
};

addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented || form.target || event.submitter?.formTarget) return;
  form.querySelector("[data-offline]")?.remove();
  if (navigator.onLine === false) {
    event.preventDefault();
    event.stopImmediatePropagation(); // so that nothing takes it for sent
    sayOffline(form, event.submitter);
    return;
  }
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  form.setAttribute("aria-busy", "true");
  setTimeout(() => clear(form), AGAIN);
});

// Coming back by the back button restores the page as it was left, so the mark has to go.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) clear(form);
});

// htmx lets a second press wait for the first one's answer and then sends it as well: two notes, two emails. The same words
// again while they are on their way are nothing new; others wait their turn.
const underWay = new Map(); // request -> what it says
const PRESSES = ["submit", "click"];
const told = ({ sourceEvent, request: { method, action, body } }) => (body && PRESSES.includes(sourceEvent?.type) ? `${method} ${action} ${new URLSearchParams([...body])}` : "");

document.addEventListener("htmx:config:request", (event) => {
  const words = told(event.detail.ctx);
  if (words && [...underWay.values()].includes(words)) event.preventDefault();
});
document.addEventListener("htmx:before:request", ({ detail }) => { if (detail?.ctx) underWay.set(detail.ctx, told(detail.ctx)); });
document.addEventListener("htmx:finally:request", ({ detail }) => underWay.delete(detail?.ctx));
