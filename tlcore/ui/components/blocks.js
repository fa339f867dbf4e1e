// A block as it is drawn large and small: ice with facets below, ember above it, which a thaw lets rise.

function makeBlock() {
  const block = element("div", "block");
  block.append(element("div", "ice"), element("div", "ember"), element("div", "inside"));
  return block;
}

// The mark and the word for a state; it is only drawn anew when the state is another one.
function showState(target, learning) {
  if (target.dataset.learning === String(learning)) return;
  target.dataset.learning = String(learning);
  target.replaceChildren(icon(learning ? "flame" : "snow"), element("span", "", learning ? "Learning" : "Frozen"));
}
