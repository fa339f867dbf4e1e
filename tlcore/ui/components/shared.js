// What the components share: elements, icons, and numbers as they are written for people.

function element(tag, name = "", text = "") {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  return made;
}

function icon(name) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  made.setAttribute("viewBox", "0 0 24 24");
  made.setAttribute("class", "icon");
  made.setAttribute("aria-hidden", "true");
  made.innerHTML = ICONS[name];
  return made;
}

function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

// 0.00005, never 5e-5; three digits say enough about a rate.
function written(rate) {
  if (!rate) return "0";
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(rate)));
  return rate.toFixed(Math.min(12, decimals)).replace(/\.?0+$/, "");
}

// One element for each item, kept by its identity, so that focus and animations outlive a redraw.
function keepChildren(parent, items, identify, make) {
  parent.kept ??= new Map();
  const wanted = new Map();
  items.forEach((item, place) => {
    const identity = identify(item, place);
    const child = parent.kept.get(identity) ?? make(item, place);
    wanted.set(identity, child);
  });
  for (const [identity, child] of parent.kept) if (wanted.get(identity) !== child) child.remove();
  parent.kept = wanted;
  let after = null;
  for (const child of wanted.values()) {
    const here = after ? after.nextSibling : parent.firstChild;
    if (here !== child) parent.insertBefore(child, here);
    after = child;
  }
  return [...wanted.values()];
}

// The element that a component draws in; it is made once and found again by every later run.
function rootOf(parentElement, make) {
  let root = [...parentElement.children].find((child) => child.classList.contains("thaw-root"));
  if (!root) {
    root = element("div", "thaw-root");
    make(root);
    parentElement.appendChild(root);
  }
  return root;
}
