// The phases of a plan side by side: what changes in each, and which blocks learn; a click shows another one.

class PhaseRow {
  constructor(root, onChoose) {
    this.onChoose = onChoose;
    this.row = root.appendChild(element("div", "phases"));
    this.row.setAttribute("role", "group");
    this.row.setAttribute("aria-label", "Phases of the plan");
  }

  draw(phases, chosen, blocks) {
    this.row.hidden = phases.length < 2;
    this.row.classList.toggle("one-row", phases.length <= 4);
    this.row.classList.toggle("many", blocks > 8);
    this.row.style.setProperty("--count", phases.length);
    const buttons = keepChildren(this.row, phases.length < 2 ? [] : phases, (_, place) => place, () => this.make());
    buttons.forEach((button, place) => {
      const phase = phases[place];
      setText(button.querySelector("b"), phase.title);
      setText(button.querySelector(".span"), phase.span);
      setText(button.querySelector(".change"), phase.change);
      const cells = keepChildren(button.querySelector(".cells"), phase.learning, (_, number) => number, () => element("i"));
      cells.forEach((cell, number) => {
        const learning = phase.learning[number];
        if (cell.dataset.learning === String(learning)) return;
        cell.dataset.learning = String(learning);
        cell.replaceChildren(icon(learning ? "flame" : "snow"));
      });
      const learning = phase.learning.filter(Boolean).length;
      button.setAttribute("aria-label", `${phase.title}, ${phase.span}: ${phase.change}, ${learning} of ${phase.learning.length} blocks learn`);
      button.setAttribute("aria-pressed", String(place === chosen));
      button.onclick = () => place !== chosen && this.onChoose(place);
    });
  }

  make() {
    const button = element("button", "phase");
    button.type = "button";
    const head = button.appendChild(element("span", "head"));
    head.append(element("b"), " ", element("span", "span"));
    const foot = button.appendChild(element("span", "foot"));
    foot.append(element("span", "change"), element("span", "cells"));
    return button;
  }
}
