// Sends a folder, files or a zip to Python, piece by piece; a part goes out when the one before was acknowledged.

const PART = 1_500_000; // bytes, which are 2 MB in base64
const MOST_FILES = 500; // in one part
const AGAIN = 15_000; // milliseconds until a part is sent once more, should its answer have been lost

const SYSTEM = new Set(["thumbs.db", "desktop.ini", "__macosx"]);

function isSystem(path) {
  return path.split("/").some((part) => part.startsWith(".") || SYSTEM.has(part.toLowerCase()));
}

function inSize(bytes) {
  if (bytes < 1e5) return `${Math.ceil(bytes / 1e3)} kB`;
  const size = bytes / 1e6;
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} MB`;
}

function inFiles(count) {
  return `${count.toLocaleString("en")} ${count === 1 ? "file" : "files"}`;
}

function randomName() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function toBase64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
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

class FolderPicker {
  constructor(root) {
    this.sequence = 0; // of the last part that was made
    this.upload = null;
    this.zone = root.appendChild(element("div", "zone"));
    this.zone.append(icon("folder"));
    const words = this.zone.appendChild(element("div", "words"));
    words.append(element("b", "", "Drop a folder here"), element("span", "", "One folder for each class. Loose pictures or a zip will do as well; nothing is changed on the way."));
    const buttons = this.zone.appendChild(element("div", "buttons"));
    this.folder = this.makeInput("Choose a folder", { webkitdirectory: true, multiple: true });
    this.files = this.makeInput("Choose files or a zip", { multiple: true, accept: "image/*,.zip,.tar,.tgz,.gz,.bz2,.xz" });
    buttons.append(this.folder.button, this.files.button);
    root.append(this.folder.input, this.files.input);

    this.progress = root.appendChild(element("div", "progress"));
    this.bar = this.progress.appendChild(element("div", "bar"));
    this.bar.setAttribute("role", "progressbar");
    this.bar.setAttribute("aria-label", "Upload");
    this.bar.setAttribute("aria-valuemin", "0");
    this.bar.setAttribute("aria-valuemax", "100");
    this.line = this.progress.appendChild(element("span", "line"));
    this.cancel = this.progress.appendChild(element("button", "button", "Cancel"));
    this.cancel.type = "button";
    this.cancel.onclick = () => this.stop();
    this.progress.hidden = true;
    this.note = root.appendChild(element("p", "note"));
    this.note.setAttribute("role", "status");
    this.note.hidden = true;
    this.listen();
  }

  makeInput(words, settings) {
    const input = element("input", "unseen");
    Object.assign(input, { type: "file", tabIndex: -1, ...settings });
    input.setAttribute("aria-label", words);
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
    if (this.upload) return this.say("One upload is under way. Wait for it, or cancel it first.");
    this.say("Looking through what you dropped.");
    const found = [];
    try {
      for (const entry of entries) {
        for await (const file of walk(entry)) {
          found.push(file);
          if (found.length % 500 === 0) this.say(`Looking through what you dropped: ${inFiles(found.length)} so far.`);
        }
      }
      if (!entries.length) found.push(...loose.map((file) => ({ path: file.name, file })));
    } catch {
      return this.say("The browser could not read all of it. Close other programs that use it, then drop it again.");
    }
    return this.begin(found);
  }

  begin(found) {
    if (this.upload) return this.say("One upload is under way. Wait for it, or cancel it first.");
    const files = found.filter(({ path }) => !isSystem(path));
    const ignored = found.length - files.length;
    if (!files.length) {
      return this.say(ignored ? "Only hidden and system files were in it. Choose a folder with pictures." : "There is nothing in it. Choose a folder with pictures.");
    }
    this.upload = {
      name: randomName(), files, ignored, place: 0, offset: 0, sent: 0,
      bytes: files.reduce((sum, { file }) => sum + file.size, 0),
    };
    this.say("");
    this.show();
    return this.next();
  }

  async next() {
    const upload = this.upload;
    const pieces = [];
    let room = PART;
    try {
      while (upload.place < upload.files.length && room > 0 && pieces.length < MOST_FILES) {
        const { path, file } = upload.files[upload.place];
        const blob = file.slice(upload.offset, upload.offset + room);
        pieces.push({ path, offset: upload.offset, size: file.size, data: blob.size ? await toBase64(blob) : "" });
        room -= blob.size + 200;
        upload.offset += blob.size;
        upload.sent += blob.size;
        if (upload.offset < file.size) break;
        upload.place += 1;
        upload.offset = 0;
      }
    } catch {
      if (this.upload !== upload) return;
      this.stop(`${upload.files[upload.place].path} could not be read. It may have been moved or opened elsewhere; the upload has ended.`);
      return;
    }
    if (this.upload !== upload) return; // cancelled while it was read
    this.send(pieces, upload.place === upload.files.length, false);
  }

  send(files, done, cancelled) {
    const { name, ignored, bytes, files: all } = this.upload;
    this.sequence += 1;
    this.part = { upload: name, sequence: this.sequence, files, total_files: all.length, total_bytes: bytes, ignored, done, cancelled };
    this.trigger("part", this.part);
    clearInterval(this.timer);
    this.timer = setInterval(() => this.trigger("part", this.part), AGAIN);
  }

  update({ data, setTriggerValue }) {
    this.trigger = setTriggerValue;
    this.sequence = Math.max(this.sequence, data.acknowledged);
    const news = data.problem !== this.problem;
    this.problem = data.problem;
    if (!this.upload && news) return this.say(data.problem);
    if (!this.part || data.acknowledged < this.part.sequence) return;
    if (data.problem) return this.end(data.problem);
    const { done } = this.part;
    this.part = null;
    clearInterval(this.timer);
    this.show();
    if (done) this.end(this.summary());
    else this.next();
  }

  summary() {
    const { files, bytes, ignored } = this.upload;
    const left = ignored ? ` Left out: ${ignored} hidden or system ${ignored === 1 ? "file" : "files"}.` : "";
    return `${inFiles(files.length)} sent, ${inSize(bytes)}.${left}`;
  }

  show() {
    const { files, place, sent, bytes } = this.upload;
    const share = bytes ? sent / bytes : 1;
    this.zone.hidden = true;
    this.progress.hidden = false;
    this.bar.style.setProperty("--share", `${share * 100}%`);
    this.bar.setAttribute("aria-valuenow", Math.round(share * 100));
    setText(this.line, `${place.toLocaleString("en")} of ${inFiles(files.length)}, ${inSize(sent)}`);
  }

  stop(reason = "Cancelled. Nothing more is sent.") {
    this.send([], false, true);
    this.end(reason);
  }

  end(reason) {
    clearInterval(this.timer);
    this.upload = null;
    this.part = null;
    this.zone.hidden = false;
    this.progress.hidden = true;
    this.say(reason);
  }

  say(text) {
    setText(this.note, text);
    this.note.hidden = !text;
  }
}

export default function (component) {
  const root = rootOf(component.parentElement, (made) => {
    made.owner = new FolderPicker(made);
  });
  root.owner.update(component);
  return () => clearInterval(root.owner.timer);
}
