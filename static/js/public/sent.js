// The thank-you page: what was kept on the device is no longer needed, the frame fits it, and the website goes on.
import { frame } from "./frame.js";
import { forget } from "./keep.js";

const page = document.querySelector("[data-sent-form]");
forget(page.dataset.sentForm);
frame(page.dataset.parent)(true);
// In a frame the way on is a button, since only a tap may take the whole website elsewhere.
if (page.dataset.goOn && parent === window) location.replace(page.dataset.goOn);
