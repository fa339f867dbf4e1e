// The measure by which blocks are tall, parameters or compute, and the dashed lines that say how tall.

const STAGE = 240; // pixels in which the blocks stand
const HEADROOM = 24; // above the topmost line, for its name
const LOWEST = 44; // a block has to hold its own mark

function inWords(count) {
  if (count >= 1e9) return `${count / 1e9} G`;
  if (count >= 1e6) return `${count / 1e6} M`;
  return count >= 1e3 ? `${count / 1e3} k` : String(count);
}

function percent(share) {
  if (share > 0 && share < 0.0005) return "< 0.1 %";
  return `${(share * 100).toFixed(1)} %`;
}

// Parameters differ by factors of a thousand, so their scale is in powers of ten.
function parameterScale(tiles) {
  const total = tiles.reduce((sum, tile) => sum + tile.parameters, 0) || 1;
  const top = Math.max(7, Math.ceil(Math.log10(Math.max(1, ...tiles.map((tile) => tile.parameters))) - 0.02));
  const at = (count) => ((Math.log10(Math.max(count, 100)) - 2) / (top - 2)) * (STAGE - HEADROOM);
  const lines = [];
  for (let power = top; power >= 4; power -= 1) {
    lines.push({ at: at(10 ** power), name: inWords(10 ** power) + (power === top ? " parameters" : "") });
  }
  return { lines, height: (tile) => at(tile.parameters), share: (tile) => tile.parameters / total, of: "of parameters" };
}

function computeScale(tiles) {
  const largest = Math.max(0.01, ...tiles.map((tile) => tile.compute));
  const step = [0.01, 0.02, 0.05, 0.1, 0.2].find((each) => largest / each <= 5) ?? 0.25;
  const top = Math.ceil(largest / step - 1e-6) * step;
  const at = (share) => (share / top) * (STAGE - HEADROOM);
  const lines = [];
  for (let count = Math.round(top / step); count >= 1; count -= 1) {
    lines.push({ at: at(count * step), name: `${Math.round(count * step * 100)} %${count * step >= top - 1e-6 ? " of the work" : ""}` });
  }
  return { lines, height: (tile) => at(tile.compute), share: (tile) => tile.compute, of: "of the work" };
}

const SCALES = { parameters: parameterScale, compute: computeScale };

// Each line's name stands in a column whose block ends below it: the last such, or the first if the last ones have to
// be scrolled to. Names that are wider than a column need a neighbour that is as low.
function drawScale(columns, heights, lines, { wide, dense }) {
  for (const column of columns) column.owner.lines.replaceChildren();
  for (const { at, name } of lines) {
    const ends = (height, place) => height <= at + 1 && !(dense && heights[place - 1] > at + 1);
    const place = wide ? heights.findIndex(ends) : heights.findLastIndex(ends);
    columns.forEach((column, number) => {
      const line = column.owner.lines.appendChild(element("i"));
      line.style.bottom = `${at}px`;
      if (number !== place) return;
      column.owner.lines.appendChild(element("span", "", name)).style.bottom = `${at}px`;
    });
  }
}

// A choice between a few words, as a group of buttons of which one is pressed.
function makeSwitch(title, choices, choose) {
  const made = element("div", "switch");
  made.setAttribute("role", "group");
  made.setAttribute("aria-label", title);
  made.append(element("span", "small", title));
  const buttons = Object.entries(choices).map(([name, text]) => {
    const button = made.appendChild(element("button", "", text));
    button.type = "button";
    button.onclick = () => choose(name);
    return [name, button];
  });
  made.show = (chosen) => buttons.forEach(([name, button]) => button.setAttribute("aria-pressed", String(name === chosen)));
  return made;
}
