// Photos are made small before they travel, by the phone that took them, and can be taken out again one by one.
import { show } from "./checks.js";

const SIDE = 1600;
const THUMB = 144;
const QUALITY = 0.82;
const UNREADABLE = "That picture can’t be read here. Choose another one, or send it by email.";

// `holder` is the field, `limits` { most, bytes }.
export function takePhotos(holder, limits, tellHeight) {
  const field = holder.querySelector("[type=file]");
  const list = document.createElement("ul");
  list.className = "photo-list";
  list.setAttribute("aria-label", "Chosen photos");
  holder.append(list);
  let chosen = [];
  let [taking, underWay, fault] = [Promise.resolve(), 0, ""];

  // One choice after the other: whoever adds some more while the first are made small gets both.
  const take = () => {
    const added = [...field.files];
    if (!underWay) fault = "";
    underWay += 1;
    holder.setAttribute("aria-busy", "true");
    taking = taking.then(() => takeIn(added)).finally(() => {
      underWay -= 1;
      settle();
    });
  };
  field.addEventListener("change", take);
  if (field.files.length) take(); // chosen on a slow line before this script was here

  async function takeIn(added) {
    for (const file of added) {
      if (chosen.length >= limits.most) fault = `${limits.most} photos are enough; the others were left out.`;
      else await small(file).then((photo) => chosen.push(photo), () => { fault = UNREADABLE; });
    }
    while (chosen.reduce((sum, photo) => sum + photo.file.size, 0) > limits.bytes) chosen.pop();
  }

  function settle() {
    const files = new DataTransfer();
    for (const photo of chosen) files.items.add(photo.file);
    field.files = files.files;
    list.replaceChildren(...chosen.map(line));
    show(field, fault);
    tellHeight();
    if (underWay) return;
    holder.removeAttribute("aria-busy");
    holder.dispatchEvent(new CustomEvent("photos-made"));
  }

  function line(photo, at) {
    const item = document.createElement("li");
    const out = document.createElement("button");
    out.type = "button";
    out.className = "button small";
    out.textContent = "Remove";
    out.setAttribute("aria-label", `Remove photo ${at + 1}`);
    out.addEventListener("click", () => {
      chosen = chosen.filter((other) => other !== photo);
      fault = "";
      settle();
      (list.querySelectorAll("button")[at] ?? field).focus();
    });
    item.append(photo.thumb, out);
    return item;
  }
}

async function small(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const part = Math.min(1, SIDE / Math.max(picture.width, picture.height));
  const canvas = drawn(picture, Math.round(picture.width * part), Math.round(picture.height * part));
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  const square = THUMB / Math.min(picture.width, picture.height);
  const thumb = drawn(picture, Math.round(picture.width * square), Math.round(picture.height * square));
  thumb.setAttribute("role", "img");
  thumb.setAttribute("aria-label", file.name);
  picture.close();
  return { file: new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }), thumb };
}

function drawn(picture, width, height) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  canvas.getContext("2d").drawImage(picture, 0, 0, width, height);
  return canvas;
}
