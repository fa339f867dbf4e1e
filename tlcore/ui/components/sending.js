// Sends files to Python, piece by piece; a part goes out when the one before was acknowledged.

const PART = 1_500_000; // bytes, which are 2 MB in base64; a message may have 25
const MOST_FILES = 500; // in one part
const AGAIN = 15_000; // milliseconds until a part is sent once more, should its answer have been lost
const SILENCE = 4_000; // milliseconds without an answer that are worth a word
const OPEN = "thaw_upload"; // where the browser notes an upload that is under way, so that its end is not silent

function inSize(bytes) {
  if (bytes < 1e5) return `${Math.ceil(bytes / 1e3)} kB`;
  const size = bytes / 1e6;
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} MB`;
}

function inFiles(count) {
  return `${count.toLocaleString("en")} ${count === 1 ? "file" : "files"}`;
}

function inTime(seconds) {
  if (seconds < 90) return `about ${Math.max(1, Math.round(seconds))} s left`;
  return `about ${Math.round(seconds / 60)} minutes left`;
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

// What an upload that this tab began has come to, if a refresh or another page cut it off.
function takeCutOff() {
  try {
    const noted = JSON.parse(sessionStorage.getItem(OPEN));
    sessionStorage.removeItem(OPEN);
    return /^[0-9a-f]{32}$/.test(noted?.name) ? noted : null;
  } catch {
    return null; // no storage, or not our note
  }
}

function noteOpen(upload) {
  try {
    if (upload) sessionStorage.setItem(OPEN, JSON.stringify({ name: upload.name, files: upload.files.length, sent: inSize(upload.read) }));
    else sessionStorage.removeItem(OPEN);
  } catch {
    // Without storage a refresh cannot be told from a first visit.
  }
}

class Sending {
  // `onBusy` is told when an upload begins and ends; `onSent` what to say of one that arrived whole.
  constructor(root, { onBusy, onSent, again }) {
    Object.assign(this, { onBusy, onSent, again });
    this.sequence = 0; // of the last part that was made
    this.upload = null;
    this.ended = null; // an upload whose end Python has yet to acknowledge, and what to say then
    this.problem = "";
    this.heard = 0; // the last sequence that Python acknowledged
    this.silent = 0; // milliseconds since the part was sent
    this.progress = root.appendChild(element("div", "progress"));
    this.bar = this.progress.appendChild(element("div", "track"));
    this.bar.setAttribute("role", "progressbar");
    this.bar.setAttribute("aria-label", "Upload");
    this.bar.setAttribute("aria-valuemin", "0");
    this.bar.setAttribute("aria-valuemax", "100");
    this.line = this.progress.appendChild(element("span", "line"));
    this.cancel = this.progress.appendChild(element("button", "button", "Cancel"));
    this.cancel.type = "button";
    this.cancel.onclick = () => this.stop("Cancelled. Nothing of it was kept.", "Cancelling.");
    this.progress.hidden = true;
    this.note = root.appendChild(element("p", "note"));
    this.note.setAttribute("role", "status");
    this.note.hidden = true;
  }

  // Begins to send `files`, each a path and a file; `prepare` may put a smaller one in a file's place.
  begin(files, ignored = 0, prepare = null) {
    this.upload = {
      name: randomName(), files, ignored, prepare, place: 0, offset: 0, read: 0, sent: 0, began: performance.now(),
      bytes: files.reduce((sum, { file }) => sum + file.size, 0),
    };
    this.ended = null;
    this.say("");
    this.progress.hidden = false;
    this.onBusy(true);
    this.show();
    return this.next();
  }

  async next() {
    const upload = this.upload;
    const pieces = [];
    let room = PART;
    try {
      while (upload.place < upload.files.length && room > 0 && pieces.length < MOST_FILES) {
        const { path, file: original } = upload.files[upload.place];
        if (!upload.offset) upload.current = (await upload.prepare?.({ path, file: original })) ?? { path, file: original };
        const { file } = upload.current;
        const blob = file.slice(upload.offset, upload.offset + room);
        pieces.push({ path: upload.current.path, offset: upload.offset, size: file.size, data: blob.size ? await toBase64(blob) : "" });
        room -= blob.size + 200;
        upload.offset += blob.size;
        upload.sent += blob.size;
        upload.read += file === original ? blob.size : 0;
        if (upload.offset < file.size) break;
        upload.read += file === original ? 0 : original.size;
        upload.place += 1;
        upload.offset = 0;
      }
    } catch {
      if (this.upload !== upload) return;
      this.stop(`${upload.files[upload.place].path} could not be read. It may have been moved or opened elsewhere; the upload has ended, and nothing of it was kept.`);
      return;
    }
    if (this.upload !== upload) return; // cancelled while it was read
    this.send(pieces, upload.place === upload.files.length);
  }

  send(files, done, cancelled = false) {
    const { name, bytes, read, sent, files: all } = this.upload;
    this.sequence += 1;
    this.part = { upload: name, sequence: this.sequence, files, total_files: all.length, total_bytes: sent + bytes - read, done, cancelled };
    noteOpen(this.upload);
    this.trigger("part", this.part);
    clearInterval(this.timer);
    this.waiting = performance.now();
    this.timer = setInterval(() => this.wait(), SILENCE);
  }

  wait() {
    setText(this.line, `No answer from Thaw for ${Math.round((performance.now() - this.waiting) / 1e3)} s. It goes on by itself once the connection is back.`);
    this.silent += SILENCE;
    if (this.silent < AGAIN) return;
    this.silent = 0;
    this.trigger("part", this.part);
  }

  update({ data, setTriggerValue }) {
    this.trigger = setTriggerValue;
    this.sequence = Math.max(this.sequence, data.acknowledged);
    if (!this.looked) this.endCutOff();
    const news = data.problem !== this.problem;
    this.problem = data.problem;
    if (this.ended && data.acknowledged >= this.ended.sequence) return this.tellEnd(data.filed);
    if (!this.upload && news) return this.say(data.problem);
    const forgotten = data.acknowledged < this.heard; // Thaw was started anew, so the part that waits was lost
    this.heard = data.acknowledged;
    if (this.part && forgotten) this.trigger("part", this.part);
    if (!this.part || data.acknowledged < this.part.sequence) return;
    clearInterval(this.timer);
    this.silent = 0;
    if (data.problem) return this.end(data.problem);
    const { done } = this.part;
    this.part = null;
    this.show();
    if (!done) return this.next();
    const upload = this.upload;
    this.end("");
    this.say(this.onSent(upload));
  }

  endCutOff() {
    this.looked = true;
    const left = takeCutOff();
    if (!left) return;
    this.sequence += 1;
    const words = `The upload of ${inFiles(left.files)} was cut off after ${left.sent}, because the page was left or loaded anew. Nothing of it was kept: ${this.again}`;
    this.ended = { name: left.name, files: left.files, sequence: this.sequence, words };
    this.trigger("part", { upload: left.name, sequence: this.sequence, files: [], total_files: 0, total_bytes: 0, done: false, cancelled: true });
  }

  // The last part may have come through though nobody heard so: only Python knows what became of the upload.
  tellEnd(filed) {
    const { name, files, words } = this.ended;
    this.ended = null;
    this.say(filed === name ? `The upload of ${inFiles(files)} came through whole.` : words);
  }

  show() {
    const { files, place, read, bytes, began } = this.upload;
    const share = bytes ? read / bytes : 1;
    this.bar.style.setProperty("--share", `${share * 100}%`);
    this.bar.setAttribute("aria-valuenow", Math.round(share * 100));
    const seconds = (performance.now() - began) / 1e3;
    const rate = read / seconds;
    const pace = seconds > 1 && read ? `, ${inSize(rate)} a second, ${inTime((bytes - read) / rate)}` : "";
    setText(this.line, `${place.toLocaleString("en")} of ${inFiles(files.length)}, ${inSize(read)} of ${inSize(bytes)}${pace}`);
  }

  stop(reason, meanwhile = reason) {
    this.send([], false, true);
    this.ended = { name: this.upload.name, files: this.upload.files.length, sequence: this.sequence, words: reason };
    this.end(meanwhile);
  }

  end(reason) {
    clearInterval(this.timer);
    noteOpen(null);
    this.upload = null;
    this.part = null;
    this.progress.hidden = true;
    this.onBusy(false);
    this.say(reason);
  }

  // The page is left: no part goes out any more, and the note stays for whoever comes back.
  leave() {
    clearInterval(this.timer);
    this.upload = null;
    this.part = null;
  }

  say(text) {
    setText(this.note, text);
    this.note.hidden = !text;
  }
}
