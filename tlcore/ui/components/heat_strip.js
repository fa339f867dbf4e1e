// Heatmaps side by side, of which one can be chosen.

const STATES = { frozen: ["snow", "Frozen"], learned: ["flame", "Learned"] };

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, (made) => made.append(element("div", "heats")));
  const list = root.querySelector(".heats");
  list.className = `heats ${data.columns}`;
  list.setAttribute("role", "group");
  list.setAttribute("aria-label", data.description);
  list.style.setProperty("--count", data.heats.length);
  const tag = data.choosable ? "button" : "div";
  const tiles = keepChildren(list, data.heats, (heat) => `${tag} ${heat.id}`, () => {
    const tile = element(tag, "heat");
    if (data.choosable) tile.type = "button";
    tile.append(element("img"), element("b"), element("code"), element("span", "note"), element("span", "state"));
    tile.querySelector("img").alt = "";
    return tile;
  });
  tiles.forEach((tile, place) => {
    const heat = data.heats[place];
    const picture = tile.querySelector("img");
    if (picture.getAttribute("src") !== heat.image) picture.src = heat.image;
    setText(tile.querySelector("b"), heat.title);
    setText(tile.querySelector("code"), heat.code);
    setText(tile.querySelector(".note"), heat.note);
    for (const part of tile.querySelectorAll("b, code, .note")) part.hidden = !part.textContent;
    const state = tile.querySelector(".state");
    state.hidden = !heat.state;
    if (heat.state && tile.dataset.state !== heat.state) {
      const [mark, word] = STATES[heat.state];
      state.replaceChildren(icon(mark), element("span", "", word));
    }
    tile.dataset.state = heat.state;
    tile.dataset.heat = heat.id;
    if (!data.choosable) {
      tile.setAttribute("role", "img");
      tile.setAttribute("aria-label", [heat.title, heat.code, heat.note].filter(Boolean).join(", "));
      return;
    }
    tile.setAttribute("aria-pressed", String(heat.id === data.chosen));
    tile.onclick = () => {
      for (const other of tiles) other.setAttribute("aria-pressed", String(other === tile));
      setTriggerValue("chosen", heat.id);
    };
  });
}
