// A button that is held, by a finger, a mouse or a key; a single press, as a screen reader's, holds it for a moment.

const MOMENT = 1_000; // milliseconds

function holdButton(words, begin, end) {
  const button = element("button", "button hold", words);
  button.type = "button";
  button.onpointerdown = (event) => {
    if (event.button) return;
    button.setPointerCapture(event.pointerId);
    begin();
  };
  button.onpointerup = button.onpointercancel = button.onlostpointercapture = () => end();
  button.onkeydown = (event) => {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault(); // or the page would scroll, and the key count as a click
    if (!event.repeat) begin();
  };
  button.onkeyup = (event) => (event.key === " " || event.key === "Enter") && end();
  button.onblur = () => end();
  button.oncontextmenu = (event) => event.preventDefault(); // a long touch is a hold
  button.onclick = (event) => {
    if (event.detail) return; // of a mouse, which has held it
    begin();
    setTimeout(end, MOMENT);
  };
  return button;
}
