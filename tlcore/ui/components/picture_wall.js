// Small pictures in rows; with something to choose they are buttons, without they are plain pictures.

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, (made) => made.append(element("div", "wall")));
  const wall = root.querySelector(".wall");
  wall.style.setProperty("--size", `${data.size}px`);
  const tag = data.choosable ? "button" : "figure";
  const tiles = keepChildren(wall, data.thumbs, (thumb) => `${tag} ${thumb.id}`, () => {
    const tile = element(tag, "thumb");
    if (data.choosable) tile.type = "button";
    const picture = tile.appendChild(element("img"));
    picture.loading = "lazy";
    picture.decoding = "async";
    tile.append(element("span"));
    return tile;
  });
  tiles.forEach((tile, place) => {
    const thumb = data.thumbs[place];
    const picture = tile.querySelector("img");
    if (picture.getAttribute("src") !== thumb.image) picture.src = thumb.image;
    picture.alt = thumb.caption || "picture";
    const caption = tile.querySelector("span");
    setText(caption, thumb.caption);
    caption.hidden = !thumb.caption;
    tile.title = thumb.caption;
    tile.dataset.thumb = thumb.id;
    if (!data.choosable) return;
    tile.setAttribute("aria-label", thumb.caption || "picture");
    tile.setAttribute("aria-pressed", String(thumb.id === data.chosen));
    tile.onclick = () => {
      for (const other of tiles) other.setAttribute("aria-pressed", String(other === tile));
      setTriggerValue("chosen", thumb.id);
    };
  });
}
