// The block map. What a person does is shown at once; Python's answer then confirms or corrects it.

const PATIENCE = 10_000; // milliseconds until a change that Python did not hear is taken back
const AGAIN = 2500; // milliseconds until it is said again: a message is lost when the page is drawn anew at that moment
const ROOM = 110; // pixels that a block wants; with less for each of them, the columns become narrow ones
const EDGE = 98; // of the column before the first block
const PHONE = 640; // pixels; below, the row becomes a list

// What each map said and did not see answered. It outlives the map: the page may draw it anew in another place.
const SAID = (window.thawSaid ??= new Map());

class BlockMap {
  constructor(root, key) {
    this.root = root;
    if (!SAID.has(key)) SAID.set(key, { pending: new Map(), serial: 0, phase: null });
    this.said = SAID.get(key);
    this.pending = this.said.pending;
    this.measure = "parameters";
    this.reach = "one";
    this.phases = new PhaseRow(root, (place) => this.showPhase(place));
    this.makeTools();
    this.scroller = root.appendChild(element("div", "scroller"));
    this.map = this.scroller.appendChild(element("div", "map"));
    this.hint = root.appendChild(element("div", "hint"));
    this.hint.append(icon("arrow"), element("span", "", "More blocks to the right: scroll the map sideways."));
    const keys = "From here on: thawing goes on to the answer, freezing goes back to the picture. Shift does it for one click, or for one press of Enter.";
    root.appendChild(element("div", "small keys", keys));
    this.refusal = root.appendChild(element("div", "refusal"));
    this.refusal.setAttribute("role", "alert");
    this.status = root.appendChild(element("div", "unseen"));
    this.status.setAttribute("role", "status");
    this.makeInput();
    this.makeOutput();
    this.columns = element("div", "columns");
    this.columns.onkeydown = (event) => this.walk(event);
    this.map.append(this.input, this.columns, this.output);
    this.scroller.onscroll = () => this.showHint();
    this.watcher = new ResizeObserver(() => this.data && this.fit());
    this.watcher.observe(this.scroller);
  }

  makeTools() {
    const tools = this.root.appendChild(element("div", "tools"));
    this.reaches = makeSwitch("A click changes", { one: "One block", onward: "From here on" }, (name) => {
      this.reach = name;
      this.draw();
    });
    this.measures = makeSwitch("Size shows", { parameters: "Parameters", compute: "Compute" }, (name) => {
      this.measure = name;
      this.draw();
    });
    tools.append(this.reaches, this.measures);
  }

  makeInput() {
    this.input = element("div", "column input");
    const stage = this.input.appendChild(element("div", "stage"));
    this.picture = element("img", "picture");
    this.picture.alt = "The picture that goes in";
    this.pictureBox = stage.appendChild(element("div", "picture-box"));
    this.pictureBox.append(element("div", "small", "Picture"), this.picture);
    for (const label of ["Tends to see", "Grid · channels", "Parameters", "Change", "Rate (learning rate)"]) {
      this.input.append(element("div", "label", label));
    }
  }

  makeOutput() {
    this.output = element("div", "column output");
    const stage = this.output.appendChild(element("div", "stage"));
    this.answers = stage.appendChild(element("div", "answers"));
    this.answers.append(element("div", "small", "Answer"));
    this.answerList = this.answers.appendChild(element("div"));
  }

  update({ data, setTriggerValue }) {
    this.send = (message) => setTriggerValue("chosen", { serial: this.said.serial, ...message });
    if (this.said.phase !== data.phase) this.pending.clear();
    this.said.phase = data.phase;
    // A page that is opened again counts on from what Python heard of the map before.
    this.said.serial = Math.max(this.said.serial, data.heard);
    this.data = data;
    this.chosenPhase = data.phase;
    setText(this.refusal, data.refused);
    this.refusal.hidden = !data.refused;
    this.settle();
    if (this.pending.size && !this.reminder) this.remind();
  }

  // Forgets what Python has heard, since it shows what came of it, and what it did not hear in time.
  settle() {
    const now = performance.now();
    for (const [name, asked] of this.pending) {
      if (asked.serial <= this.data.heard || asked.until < now) this.pending.delete(name);
    }
    this.draw();
  }

  rateOf(tile) {
    return this.pending.get(tile.name)?.rate ?? tile.rate;
  }

  thawRate(tile) {
    return this.data.defaultRates[tile.name] ?? 1e-4;
  }

  flip(tile, onward) {
    const learning = this.rateOf(tile) > 0;
    let reached = [tile];
    if (onward) {
      const place = this.data.tiles.indexOf(tile);
      const beyond = learning ? this.data.tiles.slice(0, place + 1) : this.data.tiles.slice(place);
      reached = beyond.filter((other) => this.rateOf(other) > 0 === learning);
    }
    this.choose(new Map(reached.map((other) => [other.name, learning ? 0 : this.thawRate(other)])));
  }

  // Every message holds all that was not heard yet: one that overtakes another loses nothing.
  choose(rates) {
    this.said.serial += 1;
    const until = performance.now() + PATIENCE;
    for (const [name, rate] of rates) this.pending.set(name, { rate, until, serial: this.said.serial });
    setTimeout(() => this.settle(), PATIENCE + 50);
    setText(this.status, inSentence(rates));
    this.refusal.hidden = true;
    this.draw();
    this.tell();
  }

  tell() {
    this.send({ phase: this.data.phase, rates: this.unheard(), show: this.chosenPhase });
    this.remind();
  }

  remind() {
    clearTimeout(this.reminder);
    this.reminder = setTimeout(() => this.pending.size && this.root.isConnected && this.tell(), AGAIN);
  }

  unheard() {
    return Object.fromEntries([...this.pending].map(([name, asked]) => [name, asked.rate]));
  }

  // From button to button with the arrow keys.
  walk(event) {
    if (!event.target.matches(".toggle")) return;
    const buttons = [...this.columns.querySelectorAll(".toggle")];
    const here = buttons.indexOf(event.target);
    const next = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (buttons[next] === undefined) return;
    event.preventDefault();
    buttons[next].focus();
    buttons[next].closest(".tile").scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  draw() {
    this.drawPhases();
    this.reaches.show(this.reach);
    this.measures.show(this.measure);
    const { tiles, picture, answers } = this.data;
    this.pictureBox.hidden = !picture;
    if (picture && this.picture.getAttribute("src") !== picture) this.picture.src = picture;
    this.output.hidden = answers.length === 0;
    this.drawAnswers(answers);

    const scale = SCALES[this.measure](tiles);
    const heights = tiles.map((tile) => Math.max(LOWEST, scale.height(tile)));
    const columns = keepChildren(this.columns, tiles, (tile) => tile.name, () => new Column(this));
    columns.forEach((column, place) => column.owner.update(tiles[place], heights[place], scale, repeats(tiles, place)));
    this.drawLines = () => drawScale(columns, heights, scale.lines, this);
    this.fit(true);
  }

  // Columns as wide as there is room for.
  fit(anew = false) {
    const { tiles, answers } = this.data;
    const room = this.scroller.clientWidth;
    const dense = room > PHONE && EDGE + tiles.length * ROOM + (answers.length ? 122 : 0) > room + 8;
    if (dense === this.dense && !anew) return this.showHint();
    this.dense = dense;
    this.scroller.classList.toggle("dense", dense);
    const widths = tiles.map((tile) => `minmax(${dense ? 52 : 100}px, ${Math.max(1, tile.compute * 100)}fr)`).join(" ");
    this.map.style.setProperty("--columns", `${dense ? 86 : EDGE}px ${widths} ${answers.length ? "112px" : ""}`);
    this.drawLines();
    this.showHint();
  }

  drawPhases() {
    this.phases.draw(this.data.phases, this.chosenPhase, this.data.tiles.length);
  }

  showPhase(place) {
    this.chosenPhase = place;
    this.said.serial += 1;
    this.drawPhases();
    this.send({ phase: this.data.phase, rates: this.unheard(), show: place });
  }

  drawAnswers(answers) {
    const rows = keepChildren(this.answerList, answers, (_, place) => place, () => {
      const row = element("div", "answer");
      row.append(element("span"), element("b"), element("i"));
      return row;
    });
    rows.forEach((row, place) => {
      const [name, share] = answers[place];
      setText(row.querySelector("span"), name);
      setText(row.querySelector("b"), `${Math.round(share * 100)} %`);
      row.style.setProperty("--share", `${share * 100}%`);
    });
  }

  showHint() {
    const beyond = this.scroller.scrollWidth - this.scroller.clientWidth;
    const wide = beyond > 8;
    this.hint.hidden = !wide;
    this.scroller.classList.toggle("more", beyond - this.scroller.scrollLeft > 8);
    if (wide === this.wide) return;
    this.wide = wide;
    this.scroller.classList.toggle("wide", wide);
    this.drawLines();
  }
}

function inSentence(rates) {
  const names = [...rates.keys()];
  const [rate] = rates.values();
  if (!names.length) return "";
  if (names.length === 1) return rate ? `${names[0]} learns with rate ${written(rate)}` : `${names[0]} is frozen`;
  return `${names[0]} to ${names.at(-1)} ${rate ? "learn" : "are frozen"}`;
}

export default function (component) {
  const root = rootOf(component.parentElement, (made) => {
    made.owner = new BlockMap(made, component.key);
  });
  root.owner.update(component);
  return () => root.owner.watcher.disconnect();
}
