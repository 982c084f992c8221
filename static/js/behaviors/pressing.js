// While a finger or the mouse's button is down, what nobody here asked for (a live change, a part that came into sight)
// waits until it is up: whatever slides away under a press takes the click with it. Answers to one's own acts don't wait.
const CLICK = 50; // ms from the lifting of a finger to its click
const LONGEST = 10_000; // ms; whoever holds it longer doesn't click any more
const OWN = ["click", "submit"];
const held = new Set();
let down = false;
let clock = 0;

/** Whether something is pressed just now. */
export const isPressed = () => down;

const free = () => {
  clearTimeout(clock);
  if (!down) return;
  down = false;
  for (const go of held) go();
  held.clear();
  document.dispatchEvent(new CustomEvent("lifted"));
};

const soon = (wait) => {
  clearTimeout(clock);
  clock = setTimeout(free, wait);
};

addEventListener("pointerdown", (event) => {
  if (event.button !== 0 || !event.isPrimary) return;
  down = true;
  soon(LONGEST);
}, true);
addEventListener("pointerup", () => { if (down) soon(CLICK); }, true);
// A drag, a scroll, a list of choices and a menu of the browser's own may keep the lifting to themselves.
for (const over of ["pointercancel", "dragstart", "contextmenu", "keydown"]) addEventListener(over, free, true);
addEventListener("change", (event) => { if (event.target.matches("select")) free(); }, true);
addEventListener("blur", free); // the window's
addEventListener("pointermove", (event) => { if (down && event.isPrimary && !event.buttons) soon(CLICK); }, { capture: true, passive: true });

document.addEventListener("htmx:before:request", ({ detail }) => {
  const ctx = detail?.ctx;
  if (!ctx?.fetch || OWN.includes(ctx.sourceEvent?.type)) return;
  const ask = ctx.fetch;
  ctx.fetch = async (...given) => {
    const answer = await ask(...given);
    if (down) await new Promise((go) => { held.add(go); });
    return answer;
  };
});
