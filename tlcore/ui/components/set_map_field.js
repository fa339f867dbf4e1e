// The plane itself: where each picture lies, its mark or small square, and which one is meant by a point or a polygon.

const REACH = 22; // pixels from a mark within which the pointer means it
const MARK = 5; // pixels, half of a mark
const EDGE = 34; // pixels around the outermost marks: half a picture, and room for the ring
const TILE = 44; // pixels of a picture that stands for its mark

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
