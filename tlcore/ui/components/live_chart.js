// A chart that plotly redraws in place.

export default async function ({ data, parentElement }) {
  let box = parentElement.querySelector(":scope > .thaw-chart");
  if (!box) {
    box = parentElement.appendChild(document.createElement("div"));
    box.className = "thaw-chart";
    box.setAttribute("role", "img");
    box.canvas = box.appendChild(document.createElement("div"));
    box.excuse = box.appendChild(document.createElement("p"));
    box.watcher = new ResizeObserver(() => {
      if (box.canvas.classList.contains("js-plotly-plot") && box.clientWidth) window.Plotly.Plots.resize(box.canvas);
    });
    box.watcher.observe(box);
  }
  box.style.height = `${data.height}px`;
  box.setAttribute("aria-label", data.description);
  box.excuse.hidden = true;
  const end = () => {
    box.watcher.disconnect();
    window.Plotly?.purge(box.canvas);
  };
  try {
    const plotly = await loadPlotly();
    const { traces, layout, settings } = themed(data.figure, data.revision, data.height, box);
    await plotly.react(box.canvas, traces, layout, settings);
  } catch {
    box.excuse.hidden = false;
    box.excuse.textContent = "The chart cannot be drawn: its script plotly.min.js did not come. Restart the app, then load this page again.";
  }
  return end;
}
