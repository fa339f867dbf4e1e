// How components draw with plotly: its script is loaded once, and tokens in figures become the theme's colours.

const NARROW = 480; // pixels; below, a figure's `phone` replaces parts of its layout

const SETTINGS = {
  displaylogo: false,
  showSendToCloud: false,
  modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d", "toggleSpikelines"],
};

let library = null;

function loadPlotly() {
  library ??= new Promise((resolve, reject) => {
    if (window.Plotly) return resolve(window.Plotly);
    const script = document.createElement("script");
    script.src = new URL("app/static/plotly.min.js", document.baseURI).href;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      script.remove();
      library = null; // the next redraw tries again
      reject(new Error("plotly.min.js"));
    };
    document.head.append(script);
  });
  return library;
}

// Plotly computes with colours, so it needs them as numbers.
function makePalette(parent) {
  const probe = parent.appendChild(document.createElement("span"));
  const known = new Map();
  return {
    resolve(token) {
      if (!known.has(token)) {
        probe.style.color = token;
        known.set(token, getComputedStyle(probe).color);
      }
      return known.get(token);
    },
    end: () => probe.remove(),
  };
}

function coloured(value, resolve) {
  if (typeof value === "string") return value.includes("var(--") ? value.replace(/var\(--[a-z0-9-]+\)/g, resolve) : value;
  if (Array.isArray(value)) return typeof value[0] === "number" ? value : value.map((item) => coloured(item, resolve));
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, coloured(item, resolve)]));
  }
  return value;
}

function themed(figure, revision, height, parent) {
  const palette = makePalette(parent);
  const made = coloured(figure, palette.resolve);
  const clear = "rgba(0,0,0,0)";
  const font = { color: palette.resolve("var(--thaw-ink2)"), family: getComputedStyle(parent).fontFamily, size: 14 };
  const [ink, ink3] = ["var(--thaw-ink)", "var(--thaw-ink3)"].map(palette.resolve);
  palette.end();
  const touch = matchMedia("(pointer: coarse)").matches; // a finger scrolls the page, it does not zoom the chart
  const narrow = parent.clientWidth < NARROW ? made.phone : {};
  const layout = { paper_bgcolor: clear, plot_bgcolor: clear, ...made.layout, ...narrow, height, autosize: true, uirevision: revision };
  layout.font = { ...font, ...layout.font };
  if (touch) layout.dragmode = false;
  layout.modebar = { bgcolor: clear, color: ink3, activecolor: ink, ...layout.modebar };
  delete layout.width;
  return { traces: made.data ?? [], layout, settings: { ...SETTINGS, displayModeBar: touch ? false : "hover" } };
}
