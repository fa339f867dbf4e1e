// Tells the whole page whether the theme is light or dark; Streamlit tells only its main part, not dialogs and popovers.

export default function ({ parentElement }) {
  const probe = parentElement.appendChild(document.createElement("span"));
  probe.style.color = "var(--st-background-color)";
  const [red, green, blue] = getComputedStyle(probe).color.match(/[\d.]+/g).map(Number);
  probe.remove();
  document.documentElement.style.colorScheme = red + green + blue > 382 ? "light" : "dark";
}
