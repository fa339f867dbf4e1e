// Pictures of all classes on one wall. The file is drawn here as well: a browser has letters for every script.

const FEW = 6; // classes that stand below each other on a phone; of more, two stand side by side

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, build);
  const mosaic = root.querySelector(".mosaic");
  const { wall, heaps } = data;
  mosaic.style.setProperty("--columns", wall.columns);
  mosaic.style.setProperty("--across", wall.across);
  mosaic.style.setProperty("--least", heaps.length > FEW ? "140px" : "100%");
  const sections = keepChildren(mosaic, heaps, (_, place) => `${place}`, () => {
    const section = element("section");
    section.append(element("h3"), element("div", "heap"));
    return section;
  });
  sections.forEach((section, place) => {
    const { name, images } = heaps[place];
    const title = section.querySelector("h3");
    setText(title, name);
    title.title = name;
    const pictures = keepChildren(section.querySelector(".heap"), images, (_, at) => `${at}`, () => {
      const picture = element("img");
      picture.alt = "";
      return picture;
    });
    pictures.forEach((picture, at) => {
      if (picture.getAttribute("src") !== images[at]) picture.src = images[at];
    });
  });
  setText(root.querySelector(".words"), data.words);
  root.querySelector(".again").onclick = () => setTriggerValue("again", true);
  root.querySelector(".full").onclick = () => mosaic.requestFullscreen().catch(() => {}); // not every frame allows it
  root.querySelector(".take").onclick = async () => {
    if (!(await take(mosaic, wall, data.file))) setText(root.querySelector(".words"), "This browser cannot make a file of it. A screenshot will do.");
  };
}

function build(root) {
  const bar = root.appendChild(element("div", "bar"));
  bar.append(element("p", "words"));
  for (const [name, words] of [["again", "Draw others"], ["full", "Full screen"], ["take", "Download"]]) {
    const button = bar.appendChild(element("button", name, words));
    button.type = "button";
    button.hidden = name === "full" && !document.fullscreenEnabled;
  }
  root.append(element("div", "mosaic"));
}

// The wall as a picture of a projector's width, in the colours that it has on the page; false where there is none.
async function take(mosaic, wall, file) {
  const sections = [...mosaic.children];
  const { columns, across, rows, side, letters, margin, gap, column_gap: columnGap } = wall;
  const head = Math.round(1.7 * letters);
  const width = across * (side + gap) - gap + columnGap;
  const height = head + rows * (side + gap) + letters;
  const canvas = element("canvas");
  canvas.width = wall.width;
  canvas.height = 2 * margin + Math.ceil(sections.length / columns) * height - letters;
  const context = canvas.getContext("2d");
  const style = getComputedStyle(mosaic);
  context.fillStyle = style.backgroundColor;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = style.color;
  context.font = `600 ${letters}px ${style.fontFamily}`;
  context.textBaseline = "top";
  const pictures = [...mosaic.querySelectorAll("img")];
  await Promise.allSettled(pictures.map((picture) => picture.decode()));
  sections.forEach((section, place) => {
    const left = margin + (place % columns) * width;
    const top = margin + Math.floor(place / columns) * height;
    context.fillText(fitting(context, section.querySelector("h3").textContent, width - columnGap), left, top);
    section.querySelectorAll("img").forEach((picture, at) => {
      if (!picture.naturalWidth) return; // a file that is damaged; its place stays empty, as on the page
      const [down, right] = [Math.floor(at / across), at % across];
      context.drawImage(picture, left + right * (side + gap), top + head + down * (side + gap), side, side);
    });
  });
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.9));
  if (!blob) return false;
  const link = element("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${file}.jpg`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  return true;
}

// As much of a name as there is room for.
function fitting(context, name, room) {
  if (context.measureText(name).width <= room) return name;
  const signs = [...name];
  while (signs.length && context.measureText(`${signs.join("")}…`).width > room) signs.pop();
  return `${signs.join("")}…`;
}
