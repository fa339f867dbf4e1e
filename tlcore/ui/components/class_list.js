// Classes one below the other: name, counts, a bar of both sides, and as many pictures as there is room for.

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, (made) => made.append(element("div", "classes")));
  const list = root.querySelector(".classes");
  const rows = keepChildren(list, data.rows, (row) => row.id, () => {
    const made = element("button", "class");
    made.type = "button";
    const told = made.appendChild(element("span", "told"));
    told.append(element("b"), element("span", "counts"));
    const bar = told.appendChild(element("span", "bar"));
    bar.append(element("i", "train"), element("i", "val"));
    made.append(element("span", "strip"));
    return made;
  });
  rows.forEach((made, place) => {
    const row = data.rows[place];
    setText(made.querySelector("b"), row.name);
    setText(made.querySelector(".counts"), `${row.train.toLocaleString("en")} to learn, ${row.val.toLocaleString("en")} to check`);
    for (const side of ["train", "val"]) {
      made.querySelector(`.${side}`).style.width = `${(100 * row[side]) / Math.max(1, data.most)}%`;
    }
    const strip = made.querySelector(".strip");
    const pictures = keepChildren(strip, row.images, (_, at) => `${at}`, () => {
      const picture = element("img");
      picture.alt = "";
      picture.loading = "lazy";
      picture.decoding = "async";
      return picture;
    });
    pictures.forEach((picture, at) => {
      if (picture.getAttribute("src") !== row.images[at]) picture.src = row.images[at];
    });
    made.dataset.class = row.name;
    made.onclick = () => setTriggerValue("opened", row.id);
  });
}
