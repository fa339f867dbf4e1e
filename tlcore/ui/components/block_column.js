// One block of the map with its facts and its controls: the button, the slider and the typed rate.

const LEAST = -6; // the slider goes from 0.000001 ...
const MOST = -2; // ... to 0.01, in powers of ten

function exponent(rate) {
  return Math.min(MOST, Math.max(LEAST, Math.log10(rate)));
}

function oneDigit(rate) {
  return Number(rate.toPrecision(1));
}

// The next rate with one digit: 0.0003 to 0.0004, and 0.0009 to 0.001.
function neighbour(rate, direction) {
  const power = 10 ** Math.floor(Math.log10(rate) + 1e-9);
  const digit = rate / power;
  const next = direction > 0 ? Math.floor(digit + 1 + 1e-6) * power : digit < 1.5 ? power * 0.9 : Math.ceil(digit - 1 - 1e-6) * power;
  return oneDigit(Math.min(10 ** MOST, Math.max(10 ** LEAST, next)));
}

// 8,393,728 in four signs, for narrow columns.
function short(count) {
  if (count >= 1e9) return `${(count / 1e9).toFixed(1)} G`;
  if (count >= 1e6) return `${(count / 1e6).toFixed(1)} M`;
  return count >= 1e4 ? `${Math.round(count / 1e3)} k` : count.toLocaleString("en");
}

// How many blocks from this one on tend to see the same; 0 if the one before does too.
function repeats(tiles, place) {
  const { label } = tiles[place];
  if (tiles[place - 1]?.label === label) return 0;
  const end = tiles.findIndex((tile, number) => number > place && tile.label !== label);
  return (end < 0 ? tiles.length : end) - place;
}

class Column {
  constructor(map) {
    this.map = map;
    this.node = element("div", "column tile");
    this.node.owner = this;
    this.node.setAttribute("role", "group");
    const stage = this.node.appendChild(element("div", "stage"));
    this.lines = stage.appendChild(element("div", "lines"));
    this.block = stage.appendChild(makeBlock());
    const inside = this.block.querySelector(".inside");
    const upper = inside.appendChild(element("div"));
    this.state = upper.appendChild(element("div", "state"));
    this.later = upper.appendChild(element("div", "later"));
    this.share = inside.appendChild(element("div", "share"));
    this.share.append(element("b"), element("span"));

    const names = this.node.appendChild(element("div", "names"));
    this.label = names.appendChild(element("b"));
    this.name = names.appendChild(element("code"));
    this.stateRow = this.node.appendChild(element("div", "state-row"));
    this.shape = this.node.appendChild(element("div", "fact shape"));
    this.count = this.node.appendChild(element("div", "fact count"));
    this.count.append(element("span", "whole"), element("span", "short"));
    this.toggle = this.node.appendChild(element("button", "toggle"));
    this.toggle.type = "button";
    this.makeRate();
    return this.node;
  }

  makeRate() {
    const rate = this.node.appendChild(element("div", "rate"));
    const rail = rate.appendChild(element("div", "rail"));
    for (let tick = 0; tick <= MOST - LEAST; tick += 1) {
      rail.appendChild(element("u")).style.setProperty("--place", tick / (MOST - LEAST));
    }
    this.slider = rail.appendChild(element("input"));
    Object.assign(this.slider, { type: "range", min: LEAST, max: MOST, step: "any" });
    this.field = rate.appendChild(element("input", "field"));
    Object.assign(this.field, { type: "text", inputMode: "decimal", autocomplete: "off", spellcheck: false });
    this.zero = rate.appendChild(element("code", "zero", "0"));
    this.reason = rate.appendChild(element("div", "reason"));
    this.reason.setAttribute("role", "alert");

    this.slider.oninput = () => this.slide(oneDigit(10 ** Number(this.slider.value)));
    this.slider.onchange = () => this.settle();
    this.slider.onkeydown = (event) => this.step(event);
    this.slider.onblur = () => this.settle();
    this.field.onkeydown = (event) => {
      if (event.key === "Enter") this.type();
      if (event.key === "Escape") this.refill();
    };
    this.field.onblur = () => (this.field.value.trim() ? this.type() : this.refill());
    this.field.oninput = () => this.complain("");
  }

  update(tile, height, scale, repeats) {
    this.tile = tile;
    const rate = this.map.rateOf(tile);
    const learning = rate > 0;
    const later = !learning && tile.thaws_in_phase !== null;
    const onward = this.map.reach === "onward";
    const verb = learning ? (onward ? "Freeze up to" : "Freeze") : onward ? "Thaw from" : "Thaw";
    this.node.dataset.block = tile.name;
    this.node.dataset.state = learning ? "learning" : "frozen";
    this.node.classList.toggle("thaws-later", later);
    const state = learning ? `learning with rate ${written(rate)}` : later ? `frozen until phase ${tile.thaws_in_phase}` : "frozen";
    this.node.setAttribute("aria-label", `${tile.label}, ${tile.name}, ${state}`);
    this.block.style.setProperty("--height", `${height}px`);
    this.block.style.setProperty("--part", Math.max(0.3, height / (STAGE - HEADROOM)));
    this.block.classList.toggle("low", height < 100);
    this.block.classList.toggle("lowest", height < 76);
    this.block.title = `${verb} ${tile.name} (${tile.label}). With Shift: ${learning ? "freeze up to here" : "thaw from here on"}`;
    this.block.onclick = (event) => this.flip(event);
    // Shift would select text from the last click to here.
    this.block.onmousedown = (event) => event.shiftKey && event.preventDefault();

    showState(this.state, learning);
    this.later.hidden = !later;
    if (later && this.later.dataset.phase !== String(tile.thaws_in_phase)) {
      this.later.dataset.phase = tile.thaws_in_phase;
      this.later.replaceChildren(icon("clock"), element("span", "", `Thaws in phase ${tile.thaws_in_phase}`));
    }
    showState(this.stateRow, learning);
    setText(this.stateRow.querySelector("span"), later ? `Frozen until phase ${tile.thaws_in_phase}` : learning ? "Learning" : "Frozen");
    setText(this.share.querySelector("b"), percent(scale.share(tile)));
    setText(this.share.querySelector("span"), scale.of);
    setText(this.label, tile.label);
    this.node.classList.toggle("again", repeats === 0);
    this.node.classList.toggle("several", repeats > 1);
    this.node.style.setProperty("--repeats", Math.max(1, repeats));
    setText(this.name, tile.name.replaceAll(".", ".\u200b")); // a name may break after a dot
    setText(this.shape, tile.shape.replaceAll(" × ", "\u202f×\u202f")); // narrow, and a line does not end there
    setText(this.count.firstChild, tile.parameters.toLocaleString("en"));
    setText(this.count.lastChild, short(tile.parameters));
    this.showToggle(learning, onward, verb);
    this.showRate(rate);
  }

  showToggle(learning, onward, verb) {
    const words = onward ? (learning ? "Up to here" : "From here") : verb;
    if (this.toggle.dataset.learning !== String(learning) || this.toggle.dataset.words !== words) {
      Object.assign(this.toggle.dataset, { learning: String(learning), words });
      this.toggle.replaceChildren(icon(learning ? "snow" : "flame"), element("span", "", words));
    }
    this.toggle.setAttribute("aria-label", `${verb} ${this.tile.name}${onward && !learning ? " on" : ""}`);
    this.toggle.setAttribute("aria-keyshortcuts", "Shift+Enter");
    this.toggle.title = this.toggle.getAttribute("aria-label");
    this.toggle.onclick = (event) => this.flip(event);
  }

  showRate(rate) {
    this.slider.disabled = !rate;
    this.slider.setAttribute("aria-label", `Rate of ${this.tile.name}`);
    this.field.setAttribute("aria-label", `Rate of ${this.tile.name}, typed`);
    this.field.hidden = !rate;
    this.zero.hidden = Boolean(rate);
    if (this.sliding !== undefined) return; // a hand is on the slider
    this.place(rate);
    if (!this.field.matches(":focus")) this.refill();
  }

  place(rate) {
    const value = rate ? exponent(rate) : LEAST;
    if (Number(this.slider.value) !== value) this.slider.value = value;
    this.slider.style.setProperty("--at", (value - LEAST) / (MOST - LEAST));
    this.slider.setAttribute("aria-valuetext", rate ? written(rate) : "frozen, 0");
  }

  flip(event) {
    this.complain("");
    this.map.flip(this.tile, event.shiftKey || this.map.reach === "onward");
  }

  choose(rate) {
    this.map.choose(new Map([[this.tile.name, rate]]));
  }

  slide(rate) {
    this.sliding = rate;
    this.complain("");
    this.field.value = written(rate);
    this.slider.style.setProperty("--at", (exponent(rate) - LEAST) / (MOST - LEAST));
    this.slider.setAttribute("aria-valuetext", written(rate));
  }

  step(event) {
    const now = this.sliding ?? this.map.rateOf(this.tile);
    const next = {
      ArrowRight: () => neighbour(now, 1),
      ArrowUp: () => neighbour(now, 1),
      ArrowLeft: () => neighbour(now, -1),
      ArrowDown: () => neighbour(now, -1),
      PageUp: () => Math.min(10 ** MOST, now * 10),
      PageDown: () => Math.max(10 ** LEAST, now / 10),
      Home: () => 10 ** LEAST,
      End: () => 10 ** MOST,
    }[event.key];
    if (!next) return;
    event.preventDefault();
    this.slider.value = exponent(next());
    this.slide(Number(next().toPrecision(3)));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.settle(), 500); // one message for a run of key presses
  }

  settle() {
    clearTimeout(this.timer);
    const rate = this.sliding;
    this.sliding = undefined;
    if (rate !== undefined && rate !== this.map.rateOf(this.tile)) this.choose(rate);
    else this.place(this.map.rateOf(this.tile));
  }

  type() {
    const text = this.field.value.trim().replace(",", ".");
    const rate = Number(text);
    if (text === "" || !Number.isFinite(rate)) return this.complain("This is no number. Try 0.0001 or 1e-4.");
    if (rate === 0) return this.complain("A rate of 0 is frozen: use Freeze.");
    if (rate < 0) return this.complain("A rate is above 0, such as 0.0001; 0 is frozen.");
    if (rate > 1) return this.complain("A rate is at most 1: type 1 or less.");
    this.complain("");
    this.field.value = written(rate);
    if (written(rate) !== written(this.map.rateOf(this.tile))) this.choose(rate);
  }

  refill() {
    this.complain("");
    const text = written(this.map.rateOf(this.tile));
    if (this.field.value !== text) this.field.value = text;
  }

  complain(reason) {
    setText(this.reason, reason);
    this.reason.hidden = !reason;
    this.field.setAttribute("aria-invalid", String(Boolean(reason)));
  }
}

