// The block map. What a person does is shown at once; Python's answer then confirms or corrects it.

const LOWEST = 44; // a block has to hold its own name
const PATIENCE = 4000; // milliseconds until a change that Python did not confirm is taken back

function inWords(count) {
  if (count >= 1e9) return `${count / 1e9} G`;
  if (count >= 1e6) return `${count / 1e6} M`;
  return count >= 1e3 ? `${count / 1e3} k` : String(count);
}

class BlockMap {
  constructor(root) {
    this.root = root;
    this.pending = new Map();
    this.phases = root.appendChild(element("div", "phases"));
    this.phases.setAttribute("role", "group");
    this.phases.setAttribute("aria-label", "Phases of the plan");
    this.scroller = root.appendChild(element("div", "scroller"));
    this.map = this.scroller.appendChild(element("div", "map"));
    this.hint = root.appendChild(element("div", "hint"));
    this.hint.append(icon("arrow"), element("span", "", "More blocks to the right: scroll the map sideways."));
    this.status = root.appendChild(element("div", "unseen"));
    this.status.setAttribute("role", "status");
    this.makeInput();
    this.makeOutput();
    this.columns = element("div", "columns");
    this.map.append(this.input, this.columns, this.output);
    this.scroller.onscroll = () => this.showHint();
    this.watcher = new ResizeObserver(() => this.data && this.showHint());
    this.watcher.observe(this.scroller);
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
    this.send = (change) => setTriggerValue("chosen", change);
    if (this.data && this.data.phase !== data.phase) this.pending.clear();
    this.data = data;
    this.chosenPhase = data.phase;
    this.settle();
  }

  // Forgets what Python has confirmed, and what it has not confirmed in time.
  settle() {
    const now = performance.now();
    for (const tile of this.data.tiles) {
      const asked = this.pending.get(tile.name);
      if (asked && (asked.rate === tile.rate || asked.until < now)) this.pending.delete(tile.name);
    }
    this.draw();
  }

  rateOf(tile) {
    return this.pending.get(tile.name)?.rate ?? tile.rate;
  }

  choose(tile, rate) {
    this.pending.set(tile.name, { rate, until: performance.now() + PATIENCE });
    setTimeout(() => this.settle(), PATIENCE + 50);
    setText(this.status, rate ? `${tile.name} learns with rate ${written(rate)}` : `${tile.name} is frozen`);
    this.draw();
    this.send({ kind: "rate", block: tile.name, rate, phase: this.data.phase });
  }

  draw() {
    this.drawPhases();
    const { tiles, picture, answers } = this.data;
    const total = tiles.reduce((sum, tile) => sum + tile.parameters, 0) || 1;
    const largest = Math.max(...tiles.map((tile) => tile.parameters));
    const top = Math.max(7, Math.ceil(Math.log10(largest || 1) - 0.02));
    const height = (count) => Math.max(LOWEST, ((Math.log10(Math.max(count, 100)) - 2) / (top - 2)) * (STAGE - HEADROOM));

    this.pictureBox.hidden = !picture;
    if (picture && this.picture.getAttribute("src") !== picture) this.picture.src = picture;
    this.output.hidden = answers.length === 0;
    this.drawAnswers(answers);

    const widths = tiles.map((tile) => `minmax(100px, ${Math.max(1, tile.compute * 100)}fr)`).join(" ");
    this.map.style.setProperty("--columns", `98px ${widths} ${answers.length ? "112px" : ""}`);
    const columns = keepChildren(this.columns, tiles, (tile) => tile.name, () => new Column(this));
    columns.forEach((column, place) => column.owner.update(tiles[place], total, height(tiles[place].parameters)));
    this.drawLines = () => this.drawScale(columns, tiles.map((tile) => height(tile.parameters)), top, height);
    this.drawLines();
    this.showHint();
  }

  drawPhases() {
    const { phases } = this.data;
    this.phases.hidden = phases.length < 2;
    this.phases.classList.toggle("one-row", phases.length <= 4);
    this.phases.style.setProperty("--count", phases.length);
    const buttons = keepChildren(this.phases, phases.length < 2 ? [] : phases, (_, place) => place, () => {
      const button = element("button", "phase");
      button.type = "button";
      const head = button.appendChild(element("span", "head"));
      head.append(element("b"), " ", element("span", "span"));
      const foot = button.appendChild(element("span", "foot"));
      foot.append(element("span", "change"), element("span", "cells"));
      return button;
    });
    buttons.forEach((button, place) => {
      const phase = phases[place];
      setText(button.querySelector("b"), phase.title);
      setText(button.querySelector(".span"), phase.span);
      setText(button.querySelector(".change"), phase.change);
      const cells = keepChildren(button.querySelector(".cells"), phase.learning, (_, number) => number, () => element("i"));
      cells.forEach((cell, number) => {
        const learning = phase.learning[number];
        if (cell.dataset.learning === String(learning)) return;
        cell.dataset.learning = String(learning);
        cell.replaceChildren(icon(learning ? "flame" : "snow"));
      });
      const learning = phase.learning.filter(Boolean).length;
      button.setAttribute("aria-label", `${phase.title}, ${phase.span}: ${phase.change}, ${learning} of ${phase.learning.length} blocks learn`);
      button.setAttribute("aria-pressed", String(place === this.chosenPhase));
      button.onclick = () => {
        if (place === this.chosenPhase) return;
        this.chosenPhase = place;
        this.drawPhases();
        this.send({ kind: "phase", phase: place });
      };
    });
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

  // Dashed lines for the powers of ten; each name stands in a column whose block ends below it: the last one, or the
  // first if the last ones have to be scrolled to.
  drawScale(columns, heights, top, height) {
    const powers = [];
    for (let power = top; power >= 4; power -= 1) powers.push(power);
    for (const column of columns) column.owner.lines.replaceChildren();
    powers.forEach((power) => {
      const at = height(10 ** power);
      const ends = (blockHeight) => blockHeight <= at + 1;
      const place = this.wide ? heights.findIndex(ends) : heights.findLastIndex(ends);
      columns.forEach((column, number) => {
        const line = column.owner.lines.appendChild(element("i"));
        line.style.bottom = `${at}px`;
        if (number !== place) return;
        const label = column.owner.lines.appendChild(element("span", "", inWords(10 ** power) + (power === top ? " parameters" : "")));
        label.style.bottom = `${at}px`;
      });
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

export default function (component) {
  const root = rootOf(component.parentElement, (made) => {
    made.owner = new BlockMap(made);
  });
  root.owner.update(component);
  return () => root.owner.watcher.disconnect();
}
