// What the sheet of a sequence holds back until it is wanted, so that forty steps are one small page: the fields of closed
// steps, and the menus between them.
const sheet = document.getElementById("sheet");

// A closed step holds what its fields hold in one hidden field. They are fetched when it is opened.
const open = async (fold) => {
  const body = fold.querySelector(":scope > .seq-body");
  const button = body.querySelector(":scope > [name=act]");
  if (!button) return;
  const sent = new FormData(sheet);
  sent.append("act", button.value);
  const answer = await fetch(sheet.action, { method: "POST", body: sent, headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || !button.isConnected) return;
  const fetched = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".seq-body");
  body.replaceWith(document.importNode(fetched, true));
  window.htmx.process(fold);
};

// What may be added is written once, and becomes the menu of the button that is pressed.
const offer = (button) => {
  const menu = document.importNode(document.getElementById("step-kinds").content, true).firstElementChild;
  const summary = menu.querySelector("summary");
  summary.setAttribute("aria-labelledby", button.getAttribute("aria-labelledby"));
  for (const each of menu.querySelectorAll("button")) {
    const kind = each.value.split(":").pop();
    if (kind === "branch" && "flat" in button.dataset) each.remove();
    else each.value = `add:${button.value.slice(3)}:${kind}`;
  }
  button.replaceWith(menu);
  window.htmx.process(menu);
  menu.open = true;
  summary.focus();
};

if (sheet) {
  document.addEventListener("toggle", (event) => {
    if (event.target.open && event.target.matches(".seq-fold")) open(event.target);
  }, true);
  document.addEventListener("click", (event) => {
    const adder = event.target.closest?.(".seq-add > [name=act]");
    if (!adder) return;
    event.preventDefault();
    offer(adder);
  });
}
