// Backbones side by side, of which one is chosen. Search, filters and "show more" work here, without asking Python;
// arrow keys move as in any group of radio buttons.

const FIRST = 5, MORE = 20, NAMES = 8;

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, build);
  root.seen ??= { query: "", filter: data.filters[0].key, most: FIRST };
  const draw = () => drawAll(root, data, setTriggerValue, draw);
  const field = root.querySelector("input");
  field.oninput = () => { root.seen.query = field.value; root.seen.most = FIRST; draw(); };
  draw();
}

function build(root) {
  const bar = element("div", "bar");
  const label = element("label", "search");
  const field = element("input");
  field.type = "search";
  field.autocomplete = "off";
  field.spellcheck = false;
  field.placeholder = "Search all networks";
  label.append(element("span", "unseen", "Search all networks by name or family"), icon("search"), field);
  const filters = element("div", "filters");
  filters.setAttribute("role", "group");
  filters.setAttribute("aria-label", "Which networks are shown");
  bar.append(label, filters);
  const count = element("p", "count");
  count.setAttribute("aria-live", "polite");
  const group = element("div", "gallery");
  group.setAttribute("role", "radiogroup");
  group.setAttribute("aria-label", "Network");
  const more = element("button", "more");
  more.type = "button";
  root.append(bar, count, group, more, element("div", "others"));
}

function drawAll(root, data, send, draw) {
  const seen = root.seen;
  drawFilters(root, data.filters, draw);
  const words = plainWords(seen.query);
  const found = data.cards.filter((card) => matches(card, words) && (words.length || card.filters.includes(seen.filter)));
  let shown = found.slice(0, seen.most);
  // The chosen one stays in sight, whatever the filter; at the front, so that it never hides at an end.
  const chosen = data.cards.find((card) => card.id === data.chosen);
  if (chosen && !words.length && !shown.includes(chosen)) shown = [chosen, ...shown.slice(0, seen.most - 1)];
  drawCards(root, shown, data.chosen, send);
  const count = root.querySelector(".count");
  setText(count, told(found.length, data, words));
  count.hidden = !words.length && seen.filter === data.filters[0].key;
  const more = root.querySelector(".more");
  const left = found.filter((card) => !shown.includes(card)).length;
  more.hidden = !left;
  setText(more, `Show more (${left} left)`);
  more.onclick = () => { seen.most += MORE; draw(); };
  drawOthers(root, data.others, words, send);
}

function told(number, data, words) {
  if (words.length && !number) return "No network with a card of its own has this name.";
  return words.length ? `Found ${number} of ${data.cards.length} networks.` : `${number} ${number === 1 ? "network" : "networks"}.`;
}

function drawFilters(root, filters, draw) {
  const seen = root.seen;
  const make = (filter) => {
    const button = element("button", "filter", filter.title);
    button.type = "button";
    return button;
  };
  const buttons = keepChildren(root.querySelector(".filters"), filters, (filter) => filter.key, make);
  buttons.forEach((button, place) => {
    button.setAttribute("aria-pressed", String(!seen.query.trim() && filters[place].key === seen.filter));
    button.onclick = () => {
      Object.assign(seen, { filter: filters[place].key, query: "", most: FIRST });
      root.querySelector("input").value = "";
      draw();
    };
  });
}

function drawCards(root, shown, chosen, send) {
  const group = root.querySelector(".gallery");
  const cards = keepChildren(group, shown, (card) => card.id, make);
  const choose = (place) => {
    mark(cards, shown, shown[place].id);
    cards[place].focus();
    send("chosen", shown[place].id);
  };
  cards.forEach((card, place) => {
    const tile = shown[place];
    setText(card.querySelector("h3"), tile.title);
    setText(card.querySelector(".status span"), tile.status);
    card.querySelector(".status").classList.toggle("ready", tile.ready);
    card.querySelector(".status").replaceChildren(icon(tile.ready ? "check" : "download"), card.querySelector(".status span"));
    card.querySelector("dl").replaceChildren(
      ...tile.facts.flatMap(([name, value]) => [element("dt", "", name), element("dd", "", value)]),
    );
    card.dataset.backbone = tile.id;
    card.onclick = () => choose(place);
    card.onkeydown = (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      choose((place + step + cards.length) % cards.length);
    };
  });
  mark(cards, shown, chosen);
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

function mark(cards, shown, chosen) {
  // With the chosen one out of sight, Tab still has to reach the group.
  const within = shown.some((tile) => tile.id === chosen);
  cards.forEach((card, place) => {
    const on = shown[place].id === chosen;
    card.setAttribute("aria-checked", String(on));
    card.tabIndex = on || (!within && place === 0) ? 0 : -1;
  });
}

function drawOthers(root, others, words, send) {
  const place = root.querySelector(".others");
  const found = words.length ? others.filter((name) => words.every((word) => plainText(name).includes(word))) : [];
  place.hidden = !found.length;
  const shown = found.slice(0, NAMES).map((name) => {
    const button = element("button", "other");
    button.type = "button";
    button.append(element("code", "", name));
    button.setAttribute("aria-label", `Open ${name}`);
    button.onclick = () => send("opened", name);
    return button;
  });
  const rest = found.length - shown.length;
  const end = rest > 0 ? [element("span", "", `and ${rest} more; type more of the name`)] : [];
  place.replaceChildren(element("span", "", "More of timm's networks, measured when you open them:"), ...shown, ...end);
}

// "ResNet-50" and "resnet 50" are found alike.
function plainText(text) {
  return text.toLowerCase().replace(/[^a-z0-9]/g, "");
}

function plainWords(query) {
  return query.split(/\s+/).map(plainText).filter(Boolean);
}

function matches(card, words) {
  const text = plainText(card.title + card.id) + plainText(card.family);
  return words.every((word) => text.includes(word));
}
