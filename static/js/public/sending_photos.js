// Photos travel one by one, made small by the phone; a dead spot is waited out. Without this file the form sends them.
const SIDE = 2048;
const THUMB = 240;
const WAITS = [1000, 3000, 8000, 20000];
const GONE = [404, 410]; // the link has ended meanwhile, or was taken back
const form = document.querySelector("[data-photos-to]");
const picker = form.querySelector("[data-picker]");
const list = form.querySelector("[data-shots]");
const said = form.querySelector("[data-said]");
let left = Number(form.dataset.left);
let queue = Promise.resolve();
let arrived = 0;

if (picker && "createImageBitmap" in window) {
  picker.hidden = false;
  for (const part of form.querySelectorAll("[data-plain]")) part.remove();
  picker.querySelector("input").addEventListener("change", ({ target }) => {
    const files = [...target.files];
    target.value = "";
    for (const file of files.slice(0, left)) add(file);
    if (files.length > left) tell(`We take ${left} more at most; the others were left out.`);
    left = Math.max(0, left - files.length);
    settle();
  });
  addEventListener("beforeunload", (event) => {
    if (list.querySelector(".going")) event.preventDefault();
  });
}

function add(file) {
  const item = form.querySelector("[data-shot]").content.firstElementChild.cloneNode(true);
  list.hidden = false;
  form.querySelector("[data-hints]")?.remove();
  list.append(item);
  queue = queue.then(() => send(item, file));
}

async function send(item, file) {
  let small;
  try {
    small = await shrunk(file);
  } catch {
    return end(item, false, `${file.name} can’t be read as a photo. Choose another.`);
  }
  item.querySelector("img").src = small.thumb;
  for (const wait of [...WAITS, 0]) {
    const answer = await post(small.blob, file.name, item.querySelector("progress"));
    if (answer.status === 201) return end(item, true);
    if (answer.status === 422) return end(item, false, answer.text);
    if (GONE.includes(answer.status)) return end(item, false, "This link takes no photos any more. Reply to our message, and we send you another.");
    if (!wait) break;
    tell("No connection just now. We try again by ourselves.");
    await new Promise((done) => setTimeout(done, wait));
  }
  return end(item, false, "It could not be sent. Try again when you have a better connection.");
}

// XMLHttpRequest, since fetch tells nothing of how far an upload is.
function post(blob, name, bar) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (event) => { bar.value = event.loaded / event.total; });
    request.addEventListener("load", () => done({ status: request.status, text: request.responseText }));
    request.addEventListener("error", () => done({ status: 0, text: "" }));
    request.open("POST", form.dataset.photosTo);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("X-File-Name", encodeURIComponent(name));
    request.send(blob);
  });
}

function end(item, good, why) {
  item.classList.remove("going");
  item.classList.toggle("failed", !good);
  item.querySelector("progress").remove();
  const mark = item.querySelector(".mark");
  mark.append(form.querySelector(good ? "[data-good]" : "[data-bad]").content.cloneNode(true));
  mark.hidden = false;
  if (good) arrived += 1;
  else left += 1;
  settle();
  if (why) tell(why);
  else tell(arrived === 1 ? "Thank you: one photo has arrived." : `Thank you: ${arrived} photos have arrived.`);
}

function settle() {
  picker.querySelector("[data-picker-words]").textContent = list.children.length ? "Add another" : "Take or choose photos";
  picker.hidden = left === 0;
}

function tell(words) { said.textContent = words; }

async function shrunk(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const blob = await new Promise((done) => drawn(picture, SIDE).toBlob(done, "image/jpeg", 0.85));
  const thumb = drawn(picture, THUMB).toDataURL("image/jpeg", 0.7);
  picture.close();
  return { blob, thumb };
}

function drawn(picture, side) {
  const part = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * part));
  canvas.height = Math.max(1, Math.round(picture.height * part));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}
