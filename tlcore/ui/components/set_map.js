// The pictures of a set as marks on a plane: looked at with the pointer or the arrow keys, drawn around, chosen.

const REACH = 22; // pixels from a mark within which the pointer means it
const MARK = 5; // pixels, half of a mark
const EDGE = 34; // pixels around the outermost marks: half a picture, and room for the ring
const TILE = 44; // pixels of a picture that stands for its mark
const SHOWN = 128; // pixels of the picture beside the pointer

// Each shape on a field from -1 to 1.
const SHAPES = [
  "M1 0A1 1 0 1 1 -1 0A1 1 0 1 1 1 0Z",
  "M-.9 -.9H.9V.9H-.9Z",
  "M0 -1.15L1.1 .85H-1.1Z",
  "M0 -1.25L1.1 0L0 1.25L-1.1 0Z",
  "M-.4 -1.1H.4V-.4H1.1V.4H.4V1.1H-.4V.4H-1.1V-.4H-.4Z",
  "M-1.1 -.85H1.1L0 1.15Z",
  "M-1.1 -.6L-.6 -1.1L0 -.5L.6 -1.1L1.1 -.6L.5 0L1.1 .6L.6 1.1L0 .5L-.6 1.1L-1.1 .6L-.5 0Z",
  "M-.55 -1H.55L1.1 0L.55 1H-.55L-1.1 0Z",
];

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, build);
  root.say = (event, value) => setTriggerValue(event, value);
  root.data = data;
  root.chosen = data.chosen;
  root.selected = new Set(unpacked(data.selected));
  root.at = null;
  root.tip.hidden = true;
  root.points = unpacked(data.points);
  root.near = unpacked(data.near);
  root.groupOf = unpacked(data.group_of);
  root.extent = [0, 1].map((axis) => {
    const along = root.points.filter((_, place) => place % 2 === axis);
    return [Math.min(...along), Math.max(...along)];
  });
  root.colours = coloursOf(root, data.groups);
  takeSheet(root, 20);
  root.canvas.setAttribute("aria-label", data.description);
  drawLegend(root);
  paint(root);
  return () => root.watcher.disconnect();
}

function build(root) {
  const bar = root.appendChild(element("div", "bar"));
  root.tool = matchMedia("(pointer: coarse)").matches ? "" : "lasso"; // a finger scrolls the page until told otherwise
  for (const [name, words, does] of [
    ["lasso", "Lasso", () => pick(root, "lasso")],
    ["box", "Box", () => pick(root, "box")],
    ["tiles", "Pictures", () => ((root.tiles = !root.tiles), refresh(root))],
    ["none", "Select none", () => select(root, [])],
  ]) {
    const button = bar.appendChild(element("button", name, words));
    button.type = "button";
    button.onclick = does;
  }
  bar.appendChild(element("p", "told")).setAttribute("aria-live", "polite");
  const main = root.appendChild(element("div", "main"));
  const field = main.appendChild(element("div", "field"));
  root.canvas = field.appendChild(element("canvas"));
  root.canvas.tabIndex = 0;
  root.canvas.setAttribute("role", "application");
  root.tip = field.appendChild(element("div", "tip"));
  root.tip.append(element("i"), element("b"), element("span"), element("small"));
  root.tip.hidden = true;
  const side = main.appendChild(element("div", "side"));
  side.append(element("h4"), element("ul"));
  root.sheet = new Image();
  root.sheet.onload = () => paint(root);
  root.watcher = new ResizeObserver(() => paint(root));
  root.watcher.observe(field);
  listen(root);
  refresh(root);
}

// The sheet of pictures stands in the page's styles: it is large, and the rest of the data changes with every click.
function takeSheet(root, tries) {
  const [, address] = getComputedStyle(root).getPropertyValue("--thaw-sheet").match(/^\s*url\(["']?(.*?)["']?\)\s*$/s) ?? [];
  if (!address) {
    if (tries) setTimeout(() => takeSheet(root, tries - 1), 100); // the styles may come after this
  } else if (root.sheet.src !== address) root.sheet.src = address;
}

function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Uint16Array.from({ length: bytes.length / 2 }, (_, place) => view.getUint16(2 * place, true));
}

// A canvas paints with colours, not with tokens.
function coloursOf(root, groups) {
  const probe = root.appendChild(element("span"));
  const known = {};
  for (const token of ["card", "ink", "ink2", "line", "line2", "chosen", ...groups.map((group) => group.colour)]) {
    probe.style.color = `var(--thaw-${token})`;
    known[token] = getComputedStyle(probe).color;
  }
  probe.remove();
  return known;
}

function pick(root, tool) {
  root.tool = root.tool === tool ? "" : tool;
  refresh(root);
}

function refresh(root) {
  for (const [name, on] of [["lasso", root.tool === "lasso"], ["box", root.tool === "box"], ["tiles", Boolean(root.tiles)]]) {
    root.querySelector(`.bar .${name}`).setAttribute("aria-pressed", String(on));
  }
  root.canvas.style.touchAction = root.tool ? "none" : "auto";
  if (root.data) paint(root);
}

// What each colour means; a click selects all of its pictures.
function drawLegend(root) {
  const { groups, legend } = root.data;
  setText(root.querySelector(".side h4"), legend);
  const items = keepChildren(root.querySelector(".side ul"), groups, (_, place) => `${place}`, () => {
    const item = element("li");
    const button = item.appendChild(element("button"));
    button.type = "button";
    const mark = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    mark.setAttribute("viewBox", "-1.5 -1.5 3 3");
    mark.setAttribute("aria-hidden", "true");
    mark.append(document.createElementNS("http://www.w3.org/2000/svg", "path"));
    button.append(mark, element("span"), element("small"));
    return item;
  });
  items.forEach((item, place) => {
    const { name, count, colour, shape, hollow } = groups[place];
    const path = item.querySelector("path");
    path.setAttribute("d", SHAPES[shape]);
    path.style.cssText = hollow
      ? `fill: none; stroke: var(--thaw-${colour}); stroke-width: .5`
      : `fill: var(--thaw-${colour})`;
    setText(item.querySelector("span"), name);
    setText(item.querySelector("small"), count.toLocaleString("en"));
    const button = item.querySelector("button");
    button.setAttribute("aria-label", `Select all ${count} of ${name}`);
    button.onclick = () => select(root, [...root.groupOf.keys()].filter((picture) => root.groupOf[picture] === place));
  });
}

// Where a picture lies on the canvas, in pixels; both axes have one scale.
function spot(root, picture) {
  const { clientWidth: width, clientHeight: height } = root.canvas;
  const [[left, right], [low, high]] = root.extent;
  const scale = Math.min((width - 2 * EDGE) / (right - left || 1), (height - 2 * EDGE) / (high - low || 1));
  const x = root.points[2 * picture] - (left + right) / 2;
  const y = root.points[2 * picture + 1] - (low + high) / 2;
  return [width / 2 + scale * x, height / 2 - scale * y];
}

function paint(root) {
  const { canvas, data, colours } = root;
  if (!data || !canvas.clientWidth) return;
  const fine = window.devicePixelRatio || 1;
  canvas.width = Math.round(canvas.clientWidth * fine);
  canvas.height = Math.round(canvas.clientHeight * fine);
  const pen = canvas.getContext("2d");
  pen.scale(fine, fine);
  const many = root.groupOf.length > 400 ? 0.8 : 1;
  const shapes = SHAPES.map((shape) => new Path2D(shape));
  // What is grey lies below, what is selected above.
  const order = [...root.groupOf.keys()].sort((one, other) => rank(root, one) - rank(root, other));
  for (const picture of order) {
    const group = data.groups[root.groupOf[picture]];
    const faded = root.selected.size && !root.selected.has(picture);
    pen.save();
    pen.globalAlpha = faded ? 0.22 : 0.92;
    pen.translate(...spot(root, picture));
    if (root.tiles) drawTile(root, pen, picture, TILE * many, colours[group.colour]);
    else drawMark(pen, shapes[group.shape], colours, group, MARK * many);
    pen.restore();
  }
  if (root.chosen !== null) drawNear(root, pen);
  for (const picture of new Set([root.chosen, root.at])) if (picture !== null) ring(root, pen, picture);
  drawLoop(root, pen);
}

function rank(root, picture) {
  return (root.data.groups[root.groupOf[picture]].colour === "line2" ? 0 : 1) + (root.selected.has(picture) ? 2 : 0);
}

function drawMark(pen, shape, colours, group, size) {
  pen.scale(size, size);
  pen.lineJoin = "round";
  pen.strokeStyle = group.hollow ? colours[group.colour] : colours.card;
  pen.lineWidth = (group.hollow ? 2 : 1) / size;
  pen.fillStyle = group.hollow ? colours.card : colours[group.colour];
  pen.fill(shape);
  pen.stroke(shape);
}

function drawTile(root, pen, picture, size, colour) {
  const { columns, side } = root.data;
  const [left, top] = [(picture % columns) * side, Math.floor(picture / columns) * side];
  pen.fillStyle = colour;
  pen.fillRect(-size / 2 - 2.5, -size / 2 - 2.5, size + 5, size + 5);
  if (root.sheet.naturalWidth) pen.drawImage(root.sheet, left, top, side, side, -size / 2, -size / 2, size, size);
}

function neighbours(root, picture) {
  const each = root.near.length / root.groupOf.length;
  return root.near.slice(each * picture, each * (picture + 1));
}

function drawNear(root, pen) {
  pen.strokeStyle = root.colours.ink;
  pen.lineWidth = 1.4;
  const from = spot(root, root.chosen);
  for (const other of neighbours(root, root.chosen)) {
    pen.beginPath();
    pen.moveTo(...from);
    pen.lineTo(...spot(root, other));
    pen.stroke();
  }
}

function ring(root, pen, picture) {
  pen.strokeStyle = root.colours.chosen;
  pen.lineWidth = 2.5;
  pen.beginPath();
  pen.arc(...spot(root, picture), root.tiles ? TILE * 0.75 : 2 * MARK + 1, 0, 2 * Math.PI);
  pen.stroke();
}

function drawLoop(root, pen) {
  const loop = root.loop;
  if (!loop || loop.length < 2) return;
  pen.strokeStyle = root.colours.ink;
  pen.lineWidth = 1.6;
  pen.setLineDash([6, 4]);
  pen.beginPath();
  corners(root).forEach((corner, place) => (place ? pen.lineTo(...corner) : pen.moveTo(...corner)));
  pen.closePath();
  pen.stroke();
}

// What was drawn, as a polygon; a box has its four corners.
function corners(root) {
  if (root.tool !== "box") return root.loop;
  const [[left, top], [right, bottom]] = [root.loop[0], root.loop[root.loop.length - 1]];
  return [[left, top], [right, top], [right, bottom], [left, bottom]];
}

function within([x, y], polygon) {
  let inside = false;
  polygon.forEach(([ax, ay], place) => {
    const [bx, by] = polygon[(place || polygon.length) - 1];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  });
  return inside;
}

function listen(root) {
  const { canvas } = root;
  const where = (event) => [event.offsetX, event.offsetY];
  canvas.onpointerdown = (event) => {
    root.loop = [where(event)];
    if (root.tool) canvas.setPointerCapture(event.pointerId);
  };
  canvas.onpointermove = (event) => {
    if (root.loop && root.tool) {
      root.loop.push(where(event));
      lookAt(root, null);
    } else if (event.pointerType === "mouse") lookAt(root, closest(root, where(event)));
  };
  canvas.onpointerup = (event) => {
    const loop = root.loop ?? [];
    const [x, y] = where(event);
    const still = loop.length && Math.hypot(x - loop[0][0], y - loop[0][1]) < 6 && loop.length < 12;
    const polygon = root.loop && corners(root);
    root.loop = null;
    if (still) {
      const picture = closest(root, [x, y]);
      if (picture !== null) choose(root, picture);
    } else if (root.tool && polygon?.length > 2) {
      select(root, [...root.groupOf.keys()].filter((picture) => within(spot(root, picture), polygon)));
    }
  };
  canvas.onpointercancel = () => (root.loop = null);
  canvas.onpointerleave = () => lookAt(root, null);
  canvas.onblur = () => lookAt(root, null);
  canvas.onkeydown = (event) => {
    const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (direction) lookAt(root, root.at === null ? (root.chosen ?? 0) : next(root, direction));
    else if ((event.key === "Enter" || event.key === " ") && root.at !== null) choose(root, root.at);
    else if (event.key === "Escape") lookAt(root, null);
    else return;
    event.preventDefault();
  };
}

function closest(root, [x, y]) {
  let [best, least] = [null, REACH];
  for (const picture of root.groupOf.keys()) {
    const [left, top] = spot(root, picture);
    const distance = Math.hypot(left - x, top - y);
    if (distance < least) [best, least] = [picture, distance];
  }
  return best;
}

// The nearest picture that lies more in this direction than beside it.
function next(root, [dx, dy]) {
  const [x, y] = spot(root, root.at);
  let [best, least] = [root.at, Infinity];
  for (const picture of root.groupOf.keys()) {
    const [left, top] = spot(root, picture);
    const along = (left - x) * dx + (top - y) * dy;
    const beside = Math.abs((left - x) * dy) + Math.abs((top - y) * dx);
    if (along > 0 && beside <= along && along + 2 * beside < least) [best, least] = [picture, along + 2 * beside];
  }
  return best;
}

function lookAt(root, picture) {
  if (root.at !== picture) {
    root.at = picture;
    showTip(root);
  }
  paint(root);
}

function showTip(root) {
  const { tip, data, at } = root;
  tip.hidden = at === null;
  if (at === null) return;
  const zoom = SHOWN / data.side;
  const sheet = tip.querySelector("i");
  sheet.style.backgroundSize = `${data.columns * data.side * zoom}px auto`;
  sheet.style.backgroundPosition = `${-(at % data.columns) * SHOWN}px ${-Math.floor(at / data.columns) * SHOWN}px`;
  const [name, ...lines] = told(root, at);
  for (const [tag, words] of [["b", lines[0]], ["span", lines[1]], ["small", name]]) {
    setText(tip.querySelector(tag), words);
    tip.querySelector(tag).hidden = !words;
  }
  const [x, y] = spot(root, at);
  const left = x + 18 + tip.offsetWidth > root.canvas.clientWidth ? x - 18 - tip.offsetWidth : x + 18;
  tip.style.left = `${Math.max(0, left)}px`;
  tip.style.top = `${Math.max(0, Math.min(y - tip.offsetHeight / 2, root.canvas.clientHeight - tip.offsetHeight))}px`;
  if (root.canvas.matches(":focus-visible")) setText(root.querySelector(".told"), [...lines, name].filter(Boolean).join(", "));
}

// File, class, and what the network takes it for, where that is another.
function told(root, picture) {
  const { names, classes, class_of: classOf, notes } = root.data;
  return [names[picture], classes[classOf[picture]], notes[picture] ?? ""];
}

function choose(root, picture) {
  root.chosen = picture;
  paint(root);
  root.say("chosen", picture);
}

function select(root, pictures) {
  root.selected = new Set(pictures);
  paint(root);
  const words = pictures.length ? `${pictures.length.toLocaleString("en")} selected: they stand below.` : "";
  setText(root.querySelector(".told"), words);
  root.say("selected", pictures);
}
