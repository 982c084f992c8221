// The thank-you page: what was kept in the tab is no longer needed, and the frame fits it.
import { frame } from "./frame.js";
import { forget } from "./keep.js";

const page = document.querySelector("[data-sent-form]");
forget(page.dataset.sentForm);
frame(page.dataset.parent)(true);
