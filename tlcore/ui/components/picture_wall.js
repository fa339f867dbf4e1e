// Small pictures in rows. With something to choose they are buttons; with something to mark each has a box to tick.

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, (made) => made.append(element("div", "wall")));
  const wall = root.querySelector(".wall");
  wall.style.setProperty("--size", `${data.size}px`);
  const tag = data.choosable ? "button" : "div";
  const tiles = keepChildren(wall, data.thumbs, (thumb) => `${tag} ${thumb.id}`, () => {
    const tile = element("figure", "tile");
    const thumb = tile.appendChild(element(tag, "thumb"));
    if (data.choosable) thumb.type = "button";
    const picture = thumb.appendChild(element("img"));
    picture.loading = "lazy";
    picture.decoding = "async";
    thumb.append(element("span"), element("small"));
    return tile;
  });
  // What is ticked is kept here: an answer that comes late must not take a later tick away.
  if (root.revision !== data.revision) {
    root.revision = data.revision;
    root.marked = new Set(data.marked);
  }
  if (data.reveal && data.chosen && root.chosen !== data.chosen) reveal(data.reveal);
  root.chosen = data.chosen;
  tiles.forEach((tile, place) => {
    const thumb = data.thumbs[place];
    const shown = tile.querySelector(".thumb");
    const picture = tile.querySelector("img");
    if (picture.getAttribute("src") !== thumb.image) picture.src = thumb.image;
    picture.alt = thumb.caption || "picture";
    for (const [name, words] of [["span", thumb.caption], ["small", thumb.note]]) {
      const line = shown.querySelector(name);
      setText(line, words);
      line.hidden = !words;
    }
    tile.title = thumb.caption;
    tile.dataset.thumb = thumb.id;
    if (data.choosable) {
      shown.setAttribute("aria-label", [thumb.caption || "picture", thumb.note].filter(Boolean).join(", "));
      shown.setAttribute("aria-pressed", String(thumb.id === data.chosen));
      shown.onclick = () => {
        for (const other of tiles) {
          other.querySelector(".thumb").setAttribute("aria-pressed", String(other === tile));
        }
        setTriggerValue("chosen", thumb.id);
      };
    }
    if (data.markable) drawBox(root, tiles, place, data, setTriggerValue);
  });
}

// What a click brings up may lie above the part of the page that is seen.
function reveal(key) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const look = () => document.querySelector(`.st-key-${key}`)?.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
  setTimeout(look, 50);
}

// A tick with the shift key held ticks all from the one before.
function drawBox(root, tiles, place, data, setTriggerValue) {
  const tile = tiles[place];
  let box = tile.querySelector("input");
  if (!box) {
    const label = tile.appendChild(element("label", "pick"));
    box = label.appendChild(element("input"));
    box.type = "checkbox";
  }
  const { id, caption } = data.thumbs[place];
  box.checked = root.marked.has(id);
  box.setAttribute("aria-label", `Tick ${caption || "picture"}`);
  tile.classList.toggle("marked", box.checked);
  box.onclick = (event) => {
    const first = event.shiftKey && root.ticked !== undefined ? Math.min(root.ticked, place) : place;
    const last = event.shiftKey && root.ticked !== undefined ? Math.max(root.ticked, place) : place;
    root.ticked = place;
    for (let at = first; at <= last && at < tiles.length; at += 1) {
      const other = tiles[at].querySelector("input");
      other.checked = box.checked;
      tiles[at].classList.toggle("marked", box.checked);
      root.marked[box.checked ? "add" : "delete"](data.thumbs[at].id);
    }
    setTriggerValue("marked", [...root.marked]);
  };
}
