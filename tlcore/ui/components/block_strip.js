// The live row of blocks: it only shows.

const MARKS = { still: "check", wrong: "cross" };

function makeTile() {
  const tile = element("div", "tile");
  tile.setAttribute("role", "listitem");
  const block = tile.appendChild(makeBlock());
  block.querySelector(".inside").append(element("b"), element("code"), element("div", "state"));
  const drift = tile.appendChild(element("div", "drift"));
  drift.append(makeGauge("weights"), makeGauge("statistics"));
  tile.append(element("div", "gradient"), element("code", "rate"));
  return tile;
}

function makeGauge(name) {
  const gauge = element("div", `gauge ${name}`);
  gauge.append(element("i"), element("div", "said"));
  return gauge;
}

function showGauge(gauge, { text, share, kind }) {
  gauge.dataset.kind = kind;
  gauge.style.setProperty("--share", `${(share * 100).toFixed(1)}%`);
  const said = gauge.querySelector(".said");
  if (said.dataset.shown === kind + text) return;
  said.dataset.shown = kind + text;
  const mark = text ? MARKS[kind] : undefined;
  said.replaceChildren(...(mark ? [icon(mark)] : []), element("span", "", text));
}

const NOT_YET = { text: "–", share: 0, kind: "held" };

export default function ({ data, parentElement }) {
  const root = rootOf(parentElement, (made) => {
    const scroller = made.appendChild(element("div", "scroller"));
    scroller.tabIndex = 0; // so that the keys scroll it
    const strip = scroller.appendChild(element("div", "strip"));
    for (const label of ["Block", "Drift since the start", "Gradient size", "Rate now"]) strip.append(element("div", "label", label));
    const tiles = strip.appendChild(element("div", "tiles"));
    tiles.setAttribute("role", "list");
    tiles.setAttribute("aria-label", "The blocks, from the picture to the answer");
  });
  const statistics = data.blocks.some((block) => block.statistics);
  root.querySelector(".strip").style.setProperty("--count", data.blocks.length);
  const tiles = keepChildren(root.querySelector(".tiles"), data.blocks, (block) => block.name, makeTile);
  tiles.forEach((tile, place) => {
    const block = data.blocks[place];
    const learning = block.rate > 0;
    tile.dataset.block = block.name;
    tile.dataset.state = learning ? "learning" : "frozen";
    setText(tile.querySelector("b"), block.label);
    setText(tile.querySelector(".inside code"), block.name);
    showState(tile.querySelector(".state"), learning);
    showGauge(tile.querySelector(".weights"), block.drift ?? NOT_YET);
    tile.querySelector(".statistics").hidden = !statistics;
    tile.querySelector(".statistics").classList.toggle("absent", !block.statistics);
    if (block.statistics) showGauge(tile.querySelector(".statistics"), block.statistics);
    setText(tile.querySelector(".gradient"), block.gradient);
    setText(tile.querySelector(".rate"), written(block.rate));
  });
}
