// Backbones side by side, of which one is chosen; arrow keys move as in any group of radio buttons.

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, (made) => made.append(element("div", "gallery")));
  const group = root.querySelector(".gallery");
  group.setAttribute("role", "radiogroup");
  group.setAttribute("aria-label", "Network");
  const choose = (cards, place) => {
    mark(cards, data.cards[place].id, data.cards);
    cards[place].focus();
    setTriggerValue("chosen", data.cards[place].id);
  };
  const cards = keepChildren(group, data.cards, (card) => card.id, make);
  cards.forEach((card, place) => {
    const shown = data.cards[place];
    setText(card.querySelector("h3"), shown.title);
    setText(card.querySelector(".status span"), shown.status);
    card.querySelector(".status").classList.toggle("ready", shown.ready);
    card.querySelector(".status").replaceChildren(icon(shown.ready ? "check" : "download"), card.querySelector(".status span"));
    card.querySelector("dl").replaceChildren(
      ...shown.facts.flatMap(([name, value]) => [element("dt", "", name), element("dd", "", value)]),
    );
    card.dataset.backbone = shown.id;
    card.onclick = () => choose(cards, place);
    card.onkeydown = (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      choose(cards, (place + step + cards.length) % cards.length);
    };
  });
  mark(cards, data.chosen, data.cards);
}

function make() {
  const card = element("button", "backbone");
  card.type = "button";
  card.setAttribute("role", "radio");
  const title = element("div", "title");
  const dot = element("i", "dot");
  dot.append(icon("check"));
  title.append(element("h3"), dot);
  const status = element("div", "status");
  status.append(element("span"));
  card.append(title, status, element("dl"));
  return card;
}

function mark(cards, chosen, shown) {
  cards.forEach((card, place) => {
    const on = shown[place].id === chosen;
    card.setAttribute("aria-checked", String(on));
    card.tabIndex = on ? 0 : -1;
  });
}
