// The curve of a rate finder, with a marker on it that can be dragged, or moved with the arrow keys.

const SETTLED = 350; // milliseconds after the last key before the rate is sent
const FINE = 10 ** (1 / 20); // what an arrow key multiplies the rate by
const COARSE = 10 ** (1 / 4);

function rounded(rate) {
  return Number(rate.toPrecision(2));
}

// The loss at any rate: a straight line between two neighbours, on the axis of powers.
function lossAt(rate, rates, losses) {
  const after = rates.findIndex((each) => each >= rate);
  if (after <= 0) return after ? losses.at(-1) : losses[0];
  const share = Math.log(rate / rates[after - 1]) / Math.log(rates[after] / rates[after - 1]);
  return losses[after - 1] + share * (losses[after] - losses[after - 1]);
}

function makeCurve(box) {
  box.className = "thaw-rate-curve";
  box.canvas = box.appendChild(element("div"));
  box.canvas.setAttribute("aria-hidden", "true");
  box.excuse = box.appendChild(element("p"));
  box.handle = box.appendChild(element("div", "thaw-rate-handle"));
  box.handle.tabIndex = 0;
  box.handle.setAttribute("role", "slider");
  box.handle.append(element("b"), element("i"));
  box.watcher = new ResizeObserver(() => {
    if (box.canvas.classList.contains("js-plotly-plot") && box.clientWidth) {
      window.Plotly.Plots.resize(box.canvas).then(() => place(box));
    }
  });
  box.watcher.observe(box);
  box.onpointerdown = (event) => {
    if (box.rate === undefined || event.button > 0) return;
    box.setPointerCapture(event.pointerId);
    box.handle.focus({ preventScroll: true });
    box.dragging = true;
    follow(box, event);
  };
  box.onpointermove = (event) => box.dragging && follow(box, event);
  box.onpointerup = box.onpointercancel = () => {
    if (box.dragging) box.send(box.rate);
    box.dragging = false;
  };
  box.handle.onkeydown = (event) => {
    const { rates } = box.curve;
    const moved = {
      ArrowRight: box.rate * FINE,
      ArrowUp: box.rate * FINE,
      ArrowLeft: box.rate / FINE,
      ArrowDown: box.rate / FINE,
      PageUp: box.rate * COARSE,
      PageDown: box.rate / COARSE,
      Home: rates[0],
      End: rates.at(-1),
    }[event.key];
    if (moved === undefined) return;
    event.preventDefault();
    move(box, moved);
    clearTimeout(box.settling);
    box.settling = setTimeout(() => box.send(box.rate), SETTLED);
  };
}

function move(box, rate) {
  const { rates } = box.curve;
  box.rate = rounded(Math.min(rates.at(-1), Math.max(rates[0], rate)));
  place(box);
}

function follow(box, event) {
  const { xaxis } = box.canvas._fullLayout;
  const pixel = event.clientX - box.getBoundingClientRect().left - xaxis._offset;
  move(box, 10 ** xaxis.p2l(pixel));
}

function place(box) {
  if (box.rate === undefined || !box.canvas._fullLayout) return;
  const { xaxis, yaxis } = box.canvas._fullLayout;
  const { rates, losses, suggestion } = box.curve;
  const loss = lossAt(box.rate, rates, losses);
  const across = xaxis._offset + xaxis.l2p(Math.log10(box.rate));
  const down = Math.max(yaxis._offset, yaxis._offset + yaxis.l2p(loss));
  const { handle } = box;
  handle.style.left = `${across}px`;
  handle.style.top = `${down}px`;
  handle.style.setProperty("--foot", `${yaxis._offset + yaxis._length - down}px`);
  const said = box.rate === rounded(suggestion) ? `suggested: ${written(box.rate)}` : written(box.rate);
  const label = handle.querySelector("b");
  setText(label, box.clientWidth < NARROW ? written(box.rate) : said);
  handle.classList.toggle("thaw-left", across + 30 + label.offsetWidth > box.clientWidth);
  handle.setAttribute("aria-valuemin", rates[0]);
  handle.setAttribute("aria-valuemax", rates.at(-1));
  handle.setAttribute("aria-valuenow", box.rate);
  handle.setAttribute("aria-valuetext", `rate ${said}, loss ${loss.toFixed(2)}`);
}

export default async function ({ data, parentElement, setTriggerValue }) {
  let box = parentElement.querySelector(":scope > .thaw-rate-curve");
  if (!box) {
    box = parentElement.appendChild(element("div"));
    makeCurve(box);
  }
  box.send = (rate) => setTriggerValue("chosen", rate);
  box.curve = { rates: data.rates, losses: data.losses, suggestion: data.suggestion };
  box.style.height = `${data.height}px`;
  box.handle.setAttribute("aria-label", data.description);
  box.excuse.hidden = true;
  const end = () => {
    clearTimeout(box.settling);
    box.watcher.disconnect();
    window.Plotly?.purge(box.canvas);
  };
  try {
    const plotly = await loadPlotly();
    const { traces, layout } = themed(data.figure, data.revision, data.height, box);
    await plotly.react(box.canvas, traces, layout, { ...SETTINGS, displayModeBar: false, staticPlot: true });
    if (!box.dragging) box.rate = data.chosen;
    place(box);
  } catch {
    box.excuse.hidden = false;
    box.excuse.textContent = "The curve cannot be drawn: its script plotly.min.js did not come. Restart the app, then load this page again.";
  }
  return end;
}
