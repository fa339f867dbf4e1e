// Records bursts of pictures for classes that are named in place, and sends them like the files of a folder.

const EVERY = 125; // milliseconds between two pictures of a burst
const MOST_SEEDS = 6; // classes that have their row from the start
const MOST = 2_000; // pictures before they are sent, for they lie in the browser's memory

class Webcam {
  constructor(root) {
    // What was recorded outlives a look at another page, for as long as this one is not loaded anew.
    this.rows = window.thawRecorded ??= [];
    this.recording = null; // the row that a button is held for
    this.serial = this.rows.length;
    this.listed = element("datalist");
    this.listed.id = "known";
    const studio = root.appendChild(element("div", "studio"));
    this.camera = new Camera(studio, () => this.follow());
    const side = studio.appendChild(element("div"));
    this.list = side.appendChild(element("div", "rows"));
    this.list.setAttribute("role", "list");
    const foot = side.appendChild(element("div", "foot"));
    this.more = foot.appendChild(buttonOf("Add a class", () => this.add("", true)));
    this.make = foot.appendChild(buttonOf("", () => this.send()));
    this.make.classList.add("make");
    this.missing = foot.appendChild(element("span"));
    side.append(this.listed);
    this.sending = new Sending(root, {
      onBusy: (busy) => {
        studio.hidden = busy;
      },
      onSent: () => this.sent(),
      again: "record the pictures once more.",
    });
    this.warn = (event) => this.total() && event.preventDefault();
    this.pause = () => document.hidden && this.release();
    window.addEventListener("beforeunload", this.warn);
    document.addEventListener("visibilitychange", this.pause);
  }

  // The camera went on or off: nothing is recorded any more, and the buttons say what can be done.
  follow() {
    this.release();
    this.draw();
  }

  // Classes: one row each, with a name that is typed in place.
  add(name, focus = false) {
    this.serial += 1;
    this.rows.push({ id: `${performance.timeOrigin} ${this.serial}`, name, shots: [] });
    this.draw();
    if (focus) this.list.lastChild.querySelector("input").focus();
  }

  drop(row) {
    row.shots.forEach(({ url }) => URL.revokeObjectURL(url));
    this.rows.splice(this.rows.indexOf(row), 1);
    this.draw();
    this.more.focus();
  }

  called(row) {
    return row.name.trim() || `Class ${this.rows.indexOf(row) + 1}`;
  }

  makeRow(row) {
    const box = element("div", "row");
    box.setAttribute("role", "listitem");
    box.name = box.appendChild(element("input", "name"));
    Object.assign(box.name, { type: "text", value: row.name, maxLength: 80, autocomplete: "off", spellcheck: false });
    box.name.oninput = () => {
      row.name = box.name.value;
      this.draw();
    };
    box.hold = box.appendChild(holdButton("Hold to record", () => this.hold(row), () => this.release()));
    box.pick = box.appendChild(buttonOf("Add photographs", () => box.input.click()));
    box.input = box.appendChild(element("input"));
    Object.assign(box.input, { type: "file", accept: "image/*", multiple: true, hidden: true });
    box.input.setAttribute("capture", "environment");
    box.input.onchange = () => {
      for (const file of box.input.files) this.keep(row, file, file);
      box.input.value = "";
    };
    box.remove_ = box.appendChild(element("button", "remove"));
    box.remove_.type = "button";
    box.remove_.append(icon("cross"));
    box.remove_.onclick = () => this.drop(row);
    box.count = box.appendChild(element("span", "count"));
    box.count.setAttribute("role", "status");
    box.strip = box.appendChild(element("div", "strip"));
    return box;
  }

  hold(row) {
    if (!this.camera.stream || this.recording) return;
    this.recording = row;
    this.shoot();
    this.burst = setInterval(() => this.shoot(), EVERY);
    this.draw();
  }

  release() {
    if (!this.recording) return;
    clearInterval(this.burst);
    this.recording = null;
    this.draw();
  }

  async shoot() {
    const row = this.recording;
    if (this.total() >= MOST) {
      this.release();
      this.sending.say(`These are ${MOST.toLocaleString("en")} pictures. Send them before you record more.`);
      return;
    }
    const taken = await this.camera.take();
    if (taken) this.keep(row, taken.file, taken.small);
  }

  keep(row, file, small) {
    row.taken = (row.taken ?? 0) + 1;
    const kind = file.name?.match(/\.\w{1,5}$/)?.[0] ?? ".jpg";
    row.shots.unshift({ file, url: URL.createObjectURL(small), name: `${Date.now()}-${String(row.taken).padStart(4, "0")}${kind}` });
    this.draw();
  }

  makeShot(row, shot) {
    const box = element("div", "shot");
    const image = box.appendChild(element("img"));
    Object.assign(image, { src: shot.url, alt: "" });
    box.delete = box.appendChild(element("button", "delete"));
    box.delete.type = "button";
    box.delete.append(icon("cross"));
    box.delete.onclick = () => {
      const next = box.nextSibling ?? box.previousSibling;
      URL.revokeObjectURL(shot.url);
      row.shots.splice(row.shots.indexOf(shot), 1);
      this.draw();
      next?.delete.focus();
    };
    return box;
  }

  total() {
    return this.rows.reduce((sum, { shots }) => sum + shots.length, 0);
  }

  // Why the pictures cannot be sent yet; empty when they can.
  lacks() {
    const full = this.rows.filter(({ shots }) => shots.length);
    const names = full.map(({ name }) => name.trim().toLowerCase());
    const twice = full.find(({ name }, place) => name.trim() && names.indexOf(name.trim().toLowerCase()) !== place);
    if (twice) return `Two classes are called ${twice.name.trim()}.`;
    if (names.includes("")) return "Give each class that has pictures a name.";
    if (this.data.add_to) return full.length ? "" : "Record a picture first.";
    return full.filter(({ shots }) => shots.length > 1).length > 1 ? "" : "A set needs two classes, each with two pictures.";
  }

  draw() {
    const live = Boolean(this.camera.stream);
    keepChildren(this.list, this.rows, ({ id }) => id, (row) => this.makeRow(row)).forEach((box, place) => {
      const row = this.rows[place];
      const called = this.called(row);
      const held = row === this.recording;
      box.classList.toggle("recording", held);
      if (box.name.value !== row.name) box.name.value = row.name;
      if (this.data.classes.length) box.name.setAttribute("list", "known");
      else box.name.removeAttribute("list"); // a list without a name in it would be announced even so
      box.name.placeholder = `Name of class ${place + 1}`;
      box.name.setAttribute("aria-label", `Name of class ${place + 1}`);
      box.hold.hidden = !live && this.camera.failed;
      box.hold.disabled = !live;
      box.hold.setAttribute("aria-pressed", held);
      box.hold.setAttribute("aria-label", `Hold to record ${called}`);
      setText(box.hold, held ? "Recording" : "Hold to record");
      box.pick.hidden = live || !this.camera.failed;
      box.pick.setAttribute("aria-label", `Add photographs to ${called}`);
      box.remove_.setAttribute("aria-label", `Remove ${called}`);
      const count = row.shots.length;
      // A number that grows would be read out again and again; the camera's picture shows it meanwhile.
      const total = count ? `${count.toLocaleString("en")} ${count === 1 ? "picture" : "pictures"}` : "No picture yet";
      setText(box.count, held ? "Pictures come in" : total);
      box.strip.hidden = !count;
      keepChildren(box.strip, row.shots, ({ name }) => name, (shot) => this.makeShot(row, shot)).forEach((shot, number) => {
        shot.delete.setAttribute("aria-label", `Delete picture ${count - number} of ${called}`);
      });
    });
    this.camera.tell(this.recording ? `${this.called(this.recording)}: ${this.recording.shots.length}` : "");
    const lacks = this.lacks();
    this.make.disabled = Boolean(lacks);
    setText(this.make, this.data.add_to ? `Add to ${this.data.add_to}` : "Make a set of them");
    setText(this.missing, lacks);
  }

  send() {
    const files = this.rows.flatMap(({ name, shots }) => {
      // A slash would make two folders of a name, and a dot in front hides one.
      const folder = name.replace(/[/\\]/g, " ").trim().replace(/^\.+/, "") || "unnamed";
      return shots.map(({ file, name: picture }) => ({ path: `${folder}/${picture}`, file }));
    });
    this.camera.close();
    return this.sending.begin(files);
  }

  sent() {
    const total = this.total();
    for (const row of this.rows) {
      row.shots.forEach(({ url }) => URL.revokeObjectURL(url));
      row.shots = [];
    }
    this.draw();
    return `${total.toLocaleString("en")} ${total === 1 ? "picture" : "pictures"} sent.`;
  }

  update(component) {
    this.data = component.data;
    const known = this.data.classes;
    this.listed.replaceChildren(...known.map((name) => Object.assign(element("option"), { value: name })));
    const seeds = known.length && known.length <= MOST_SEEDS ? known : ["", ""];
    // Rows that nobody has touched are those of the set that the pictures go to.
    const untouched = this.rows.every(({ name, shots }) => !shots.length && (!name || this.seeds?.includes(name)));
    if (untouched && seeds.join("/") !== this.seeds?.join("/")) {
      this.rows.length = 0;
      for (const name of seeds) this.add(name);
    }
    this.seeds = seeds;
    this.draw();
    this.sending.update(component);
  }

  leave() {
    this.camera.leave();
    this.sending.leave();
    window.removeEventListener("beforeunload", this.warn);
    document.removeEventListener("visibilitychange", this.pause);
  }
}

export default function (component) {
  const root = rootOf(component.parentElement, (made) => {
    made.owner = new Webcam(made);
  });
  root.owner.update(component);
  return () => root.owner.leave();
}
