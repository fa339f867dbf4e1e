// A heatmap over its picture; the slider changes the opacity here, without asking Python.

export default function ({ data, parentElement }) {
  const root = rootOf(parentElement, (made) => {
    const frame = made.appendChild(element("div", "frame"));
    frame.setAttribute("role", "img");
    frame.append(element("img", "picture"), element("img", "heat"));
    for (const picture of frame.children) picture.alt = "";
    const legend = made.appendChild(element("div", "legend"));
    legend.append(element("span"), element("i"), element("span"));
    const strength = made.appendChild(element("label", "strength"));
    strength.append(element("span", "", "Overlay strength"), element("output"), element("input"));
    const slider = strength.querySelector("input");
    Object.assign(slider, { type: "range", min: 0, max: 100, step: 5, value: 60 });
    slider.setAttribute("aria-label", "Overlay strength");
    slider.oninput = () => {
      made.style.setProperty("--strength", slider.value / 100);
      setText(strength.querySelector("output"), `${slider.value} %`);
      slider.setAttribute("aria-valuetext", `${slider.value} %`);
    };
    slider.oninput();
  });
  root.querySelector(".frame").setAttribute("aria-label", data.label);
  for (const name of ["picture", "heat"]) {
    const shown = root.querySelector(`img.${name}`);
    if (shown.getAttribute("src") !== data[name]) shown.src = data[name];
  }
  root.querySelectorAll(".legend span").forEach((word, place) => setText(word, data.legend[place]));
}
