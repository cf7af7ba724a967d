// The chart in view, and what changes it.
const DRAWING = "Drawing \u2026";

const app = {
  chart: null, // what was asked for
  fine: null, // the same in more detail, of the stretch in view
  zoom: null, // the stretch in view, in values of the axis
  tab: 0,
  history: [],
  width: 0,
  font: "",
};

function display(chart) {
  app.chart = chart;
  app.fine = null;
  app.zoom = null;
  app.tab = 0;
  render();
}

// Show a stretch of the axis, or all of it (null); recordings are read in more detail.
function zoomTo(range) {
  const { chart } = app;
  if (range) {
    const [low, high] = chart.axis.domain;
    const stretch = [Math.max(low, range[0]), Math.min(high, range[1])];
    const isWhole = stretch[0] <= low && stretch[1] >= high;
    const { from, to } = stretchWithin(chart.axis.values, stretch);
    if (!isWhole && to - from < 2) return;
    app.zoom = isWhole ? null : stretch;
  } else app.zoom = null;
  app.fine = null;
  render();
  if (app.zoom) refine(chart, app.zoom);
}

function refine(chart, zoom) {
  const text = `${withUnit(chart.axis.quantity, zoom[0])} to ${withUnit(chart.axis.quantity, zoom[1])}`;
  host.tell(`The chart ${chart.heading} is zoomed to ${text}.`); // without a name that an athlete wrote
  if (!chart.steps || !host.canLoad()) return;
  host.load({ ...chart.arguments, zoom_from: Math.floor(zoom[0]), zoom_to: Math.ceil(zoom[1]) }).then((fine) => {
    if (app.zoom !== zoom || !fine || !fine.axis) return;
    app.fine = { ...fine, map: chart.map, strip: chart.strip };
    render();
  }, () => {}); // the chart as it is stays
}

// Open another chart: on the server's page under its own address, in a chat in the same frame.
function open(args) {
  if (host === site) {
    window.location.assign(`/training?${new URLSearchParams(args)}`);
    return;
  }
  if (!host.canLoad()) return;
  const before = app.chart;
  host.load(args).then((chart) => {
    if (!chart) return;
    app.history.push(before);
    display(chart);
  }, (error) => {
    say(error.message, true);
    main.append(html("footer", {}, html("button", { type: "button", onclick: () => display(before) }, "Back")));
  });
}

function back() {
  display(app.history.pop());
}

// On paper a chart has the width of a page, whatever that of the window.
const PAPER_WIDTH = 680;

function start() {
  let frame = 0;
  new ResizeObserver(() => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => innerWidthOf(main) !== app.width && render());
  }).observe(main);
  if (host === chat) {
    say(DRAWING);
    prepareFonts();
    connect();
    return;
  }
  window.addEventListener("beforeprint", () => {
    render(PAPER_WIDTH);
    main.querySelector("details")?.setAttribute("open", ""); // nobody can open it on paper
  });
  window.addEventListener("afterprint", () => render());
  if (document.getElementById("data")) displayData();
  else arrive();
}

function displayData() {
  display(JSON.parse(document.getElementById("data").textContent));
}

start();
