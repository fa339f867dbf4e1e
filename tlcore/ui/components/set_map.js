// The pictures of a set as marks on a plane: looked at with the pointer or the arrow keys, drawn around, chosen.

const SHOWN = 128; // pixels of the picture beside the pointer

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, build);
  root.say = (event, value) => setTriggerValue(event, value);
  root.data = data;
  root.chosen = data.chosen;
  root.selected = new Set(unpacked(data.selected));
  root.points = unpacked(data.points);
  root.near = unpacked(data.near);
  root.groupOf = unpacked(data.group_of);
  root.extent = [0, 1].map((axis) => {
    const along = root.points.filter((_, place) => place % 2 === axis);
    return [Math.min(...along), Math.max(...along)];
  });
  root.colours = coloursOf(root, data.groups);
  takeSheet(root, 20);
  setTimeout(() => takeSheet(root, 0), 500); // the one of the set before may still have stood there
  root.canvas.setAttribute("aria-label", data.description);
  if (root.at >= root.groupOf.length) root.at = null; // it was of another set
  drawLegend(root);
  paint(root);
  showTip(root);
  return () => root.watcher.disconnect();
}

function build(root) {
  root.at = null; // the picture that is looked at
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
  const [, address] = getComputedStyle(root).getPropertyValue("--map-sheet").match(/^\s*url\(["']?(.*?)["']?\)\s*$/s) ?? [];
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
