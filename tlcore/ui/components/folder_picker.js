// Takes what is dropped or chosen: a folder with all folders in it, loose files, or an archive.

const LONGEST = 1024; // pixels of the longest side, where a person wants to send less

const ARCHIVE = /\.(zip|tar|tgz|gz|bz2|xz)$/i;

const TABLE = /\.(csv|tsv)$/i; // may say the classes of loose pictures

const SYSTEM = new Set(["thumbs.db", "desktop.ini", "__macosx"]);

function isSystem(path) {
  return path.split("/").some((part) => part.startsWith(".") || SYSTEM.has(part.toLowerCase()));
}

// All files below a dropped thing. A folder hands out its entries in portions until one is empty.
async function* walk(entry) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    yield { path: entry.fullPath.replace(/^\/+/, ""), file };
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const portion = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!portion.length) return;
    for (const child of portion) yield* walk(child);
  }
}

// A picture with its longest side cut to LONGEST, upright; null where it stays as it is.
async function shrunk({ path, file }) {
  if (!/\.(jpe?g|png|webp|bmp|gif|avif)$/i.test(path) && !file.type.startsWith("image/")) return null;
  let picture;
  try {
    picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return null; // no picture to this browser; Thaw looks at it itself
  }
  const share = LONGEST / Math.max(picture.width, picture.height);
  if (share >= 1) return null;
  const canvas = element("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * share));
  canvas.height = Math.max(1, Math.round(picture.height * share));
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.fillStyle = "white"; // where a picture is transparent, JPEG would be black
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const small = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.9));
  if (!small || small.size >= file.size) return null;
  return { path: /\.jpe?g$/i.test(path) ? path : `${path}.jpg`, file: small };
}

class FolderPicker {
  constructor(root) {
    this.zone = root.appendChild(element("div", "zone"));
    this.zone.append(icon("folder"));
    const words = this.zone.appendChild(element("div", "words"));
    words.append(element("b", "", "Drop a folder here"), element("span", "", "One folder for each class. Loose pictures or an archive (zip, tar) will do as well; nothing is changed on the way."));
    const buttons = this.zone.appendChild(element("div", "buttons"));
    this.folder = this.makeInput("Choose a folder", { webkitdirectory: true, multiple: true });
    this.files = this.makeInput("Choose files or an archive", { multiple: true, accept: "image/*,.csv,.tsv,.zip,.tar,.tgz,.gz,.bz2,.xz" });
    buttons.append(this.folder.button, this.files.button);
    root.append(this.folder.input, this.files.input);
    this.option = root.appendChild(element("label", "option"));
    this.shrink = this.option.appendChild(element("input"));
    this.shrink.type = "checkbox";
    const about = this.option.appendChild(element("span"));
    about.append(element("b", "", "Shrink before sending"), element("span", "", `For a slow line: pictures larger than ${LONGEST.toLocaleString("en")} pixels are sent as JPEG of that size. An archive goes as it is.`));
    this.sending = new Sending(root, {
      onBusy: (busy) => {
        this.zone.hidden = busy;
        this.option.hidden = busy;
      },
      onSent: (upload) => this.summary(upload),
      again: "drop the folder once more.",
    });
    this.listen();
  }

  makeInput(words, settings) {
    const input = element("input");
    Object.assign(input, { type: "file", hidden: true, ...settings });
    const button = element("button", "button", words);
    button.type = "button";
    button.onclick = () => input.click();
    input.onchange = () => {
      this.begin([...input.files].map((file) => ({ path: file.webkitRelativePath || file.name, file })));
      input.value = ""; // so that the same folder can be chosen once more
    };
    return { input, button };
  }

  listen() {
    let depth = 0; // every element below sends its own enter and leave
    const mark = () => this.zone.classList.toggle("over", depth > 0);
    this.zone.ondragenter = (event) => {
      event.preventDefault();
      depth += 1;
      mark();
    };
    this.zone.ondragover = (event) => event.preventDefault();
    this.zone.ondragleave = () => {
      depth -= 1;
      mark();
    };
    this.zone.ondrop = (event) => {
      event.preventDefault();
      depth = 0;
      mark();
      this.take(event.dataTransfer);
    };
  }

  async take(transfer) {
    const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean); // before any await
    const loose = [...transfer.files];
    if (this.sending.upload) return this.sending.say("One upload is under way. Wait for it, or cancel it first.");
    this.sending.say("Looking through what you dropped.");
    const found = [];
    try {
      for (const entry of entries) {
        for await (const file of walk(entry)) {
          found.push(file);
          if (found.length % 500 === 0) this.sending.say(`Looking through what you dropped: ${inFiles(found.length)} so far.`);
        }
      }
      if (!entries.length) found.push(...loose.map((file) => ({ path: file.name, file })));
    } catch {
      return this.sending.say("The browser could not read all of it. Close other programs that use it, then drop it again.");
    }
    return this.begin(found);
  }

  begin(found) {
    if (this.sending.upload) return this.sending.say("One upload is under way. Wait for it, or cancel it first.");
    const files = found.filter(({ path }) => !isSystem(path));
    const ignored = found.length - files.length;
    if (!files.length) {
      return this.sending.say(ignored ? "Only hidden and system files were in it. Choose a folder with pictures." : "There is nothing in it. Choose a folder with pictures.");
    }
    if (this.needsFolders && !files.some(({ path }) => path.includes("/") || ARCHIVE.test(path) || TABLE.test(path))) {
      const one = files.length === 1;
      return this.sending.say(`Not sent: ${inFiles(files.length)} ${one ? "lies" : "lie"} in no folder, so nothing says ${one ? "its" : "their"} class. Choose it above under “Their class”, then send ${one ? "it" : "them"} again.`);
    }
    return this.sending.begin(files, ignored, this.shrink.checked ? shrunk : null);
  }

  summary({ files, bytes, sent, ignored }) {
    const size = sent < bytes ? `shrunk from ${inSize(bytes)} to ${inSize(sent)}` : inSize(sent);
    const left = ignored ? ` Left out: ${ignored.toLocaleString("en")} hidden or system ${ignored === 1 ? "file" : "files"}.` : "";
    return `${inFiles(files.length)} sent, ${size}.${left}`;
  }
}

export default function (component) {
  const root = rootOf(component.parentElement, (made) => {
    made.owner = new FolderPicker(made);
  });
  root.owner.needsFolders = component.data.needs_folders;
  root.owner.sending.update(component);
  return () => root.owner.sending.leave();
}
