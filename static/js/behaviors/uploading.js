// Sending files to a lead, two at a time, each with its progress. What the network breaks is tried again by itself (the
// server knows what it has already). files.js says which files.
import { anew } from "./signed_out.js";
import { announce, toast } from "./toast.js";

const AT_ONCE = 2;
const WAITS = [1000, 3000, 9000]; // ms before each further try
const WORDS = {
  0: "No connection. It goes on when you try again.",
  401: "You are signed out. Sign in again, then try again.",
  403: "Your role does not allow adding files.",
  404: "This lead is gone.",
  413: "This file is too large.",
  429: "That was too often in a short time. Wait a minute, then try again.",
};
const waiting = [];
let running = 0;
let added = 0;
const told = [];

const token = () => JSON.parse(document.body.getAttribute("hx-headers:inherited") ?? "{}")["X-CSRFToken"];
const count = (number) => `${number} ${number === 1 ? "file" : "files"}`;

// The gallery asks for itself again, a moment after the last change.
const clocks = new Map();
export const refresh = (lead) => {
  clearTimeout(clocks.get(lead));
  clocks.set(lead, setTimeout(() => {
    document.querySelector(`[data-files][data-lead="${lead}"] [data-files-body]`)?.dispatchEvent(new CustomEvent("refresh"));
  }, 150));
};

class Upload {
  constructor(section, file) {
    this.file = file;
    this.url = section.dataset.files;
    this.lead = section.dataset.lead;
    this.tries = 0;
    this.row = section.querySelector("[data-upload]").content.firstElementChild.cloneNode(true);
    this.bar = this.row.querySelector("progress");
    this.again = this.row.querySelector("[data-again]");
    this.row.querySelector("[data-name]").textContent = file.name || "Pasted picture";
    this.row.querySelector("[data-drop]").addEventListener("click", () => this.stop());
    this.again.addEventListener("click", () => this.retry());
    section.querySelector("[data-uploads]").append(this.row);
    if (!file.size) this.refuse("This file is empty.");
    else if (file.size > Number(section.dataset.mostBytes)) this.refuse(`This file is too large. ${Math.round(section.dataset.mostBytes / 2 ** 20)} MB is the most.`);
    else waiting.push(this);
  }

  send() {
    running += 1;
    const request = new XMLHttpRequest(); // fetch does not tell how much has gone
    this.request = request;
    request.open("POST", this.url);
    const headers = { "X-CSRFToken": token(), "X-File-Name": encodeURIComponent(this.file.name), "Content-Type": "application/octet-stream", "HX-Request": "true" };
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => {
      this.bar.value = event.loaded / event.total;
      if (event.loaded === event.total) this.bar.removeAttribute("value"); // sent; now it is looked at
    };
    request.onloadend = () => { running -= 1; this.settle(request); go(); };
    request.send(this.file);
  }

  settle(request) {
    if (this.stopped) return;
    if (request.status === 201) {
      added += 1;
      if (request.responseText) told.push(request.responseText); // it is not what its name says
      this.row.remove();
      refresh(this.lead);
    } else if (!this.isAnew && anew(request.status, (name) => request.getResponseHeader(name))) {
      this.isAnew = true;
      waiting.push(this);
    } else if ([0, 502, 503, 504].includes(request.status) && this.tries < WAITS.length) {
      setTimeout(() => { if (!this.stopped) { waiting.push(this); go(); } }, WAITS[this.tries]);
      this.tries += 1;
    } else {
      const plain = request.getResponseHeader("Content-Type")?.startsWith("text/plain");
      this.refuse(plain ? request.responseText : WORDS[request.status] ?? "It could not be added. Try again.", request.status !== 422);
    }
  }

  refuse(why, again = false) {
    const words = this.row.querySelector("[data-why]");
    words.textContent = why;
    words.hidden = false;
    this.bar.hidden = true;
    this.again.hidden = !again;
    this.row.querySelector("[data-drop]").setAttribute("aria-label", "Dismiss");
    announce(`${this.file.name}: ${why}`);
    if (!this.row.isConnected) toast(`${this.file.name} was not added. ${why}`, { kind: "bad" });
  }

  retry() {
    this.tries = 0;
    this.again.hidden = this.row.querySelector("[data-why]").hidden = true;
    this.bar.hidden = false;
    this.bar.value = 0;
    waiting.push(this);
    go();
  }

  stop() {
    this.stopped = true;
    const at = waiting.indexOf(this);
    if (at >= 0) waiting.splice(at, 1);
    this.request?.abort();
    this.row.remove();
  }
}

function go() {
  while (running < AT_ONCE && waiting.length) waiting.shift().send();
  if (running || waiting.length || !added) return;
  const words = told.splice(0);
  if (words.length > 3) words.splice(2, Infinity, `${words.length - 2} more are named by what they hold.`);
  const item = toast([`${count(added)} added${words.length ? "." : ""}`, ...words].join(" "));
  if (item && words.length) item.dataset.seconds = "20"; // time to read it
  added = 0;
}

/** Send `files` to the lead of a panel. */
export function upload(section, files) {
  for (const file of files) new Upload(section, file);
  go();
}

addEventListener("beforeunload", (event) => { if (running || waiting.length) event.preventDefault(); });
