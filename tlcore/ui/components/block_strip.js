// The live row of blocks: it only shows.

export default function ({ data, parentElement }) {
  const root = rootOf(parentElement, (made) => {
    const scroller = made.appendChild(element("div", "scroller"));
    const strip = scroller.appendChild(element("div", "strip"));
    strip.append(element("div", "label", "Block"), element("div", "label", "Rate now"));
    strip.append(element("div", "tiles"));
    strip.setAttribute("role", "list");
    strip.setAttribute("aria-label", "The blocks, from the picture to the answer");
  });
  root.querySelector(".strip").style.setProperty("--count", data.tiles.length);
  const columns = keepChildren(root.querySelector(".tiles"), data.tiles, (tile) => tile.name, () => {
    const column = element("div", "tile");
    column.setAttribute("role", "listitem");
    const block = column.appendChild(makeBlock());
    block.querySelector(".inside").append(element("b"), element("code"), element("div", "state"));
    column.append(element("code", "rate"));
    return column;
  });
  columns.forEach((column, place) => {
    const tile = data.tiles[place];
    const learning = tile.rate > 0;
    column.dataset.block = tile.name;
    column.dataset.state = learning ? "learning" : "frozen";
    setText(column.querySelector("b"), tile.label);
    setText(column.querySelector(".inside code"), tile.name);
    showState(column.querySelector(".state"), learning);
    setText(column.querySelector(".rate"), written(tile.rate));
  });
}
