// What stands around a drawing: title, facts, tabs, buttons, notes, and the states without a drawing.

const main = document.getElementById("chart");

// Say one thing instead of a drawing.
function say(text, isError = false) {
  app.chart = null;
  main.setAttribute("aria-busy", String(!isError && text === DRAWING));
  main.replaceChildren(html("p", { class: isError ? "state problem" : "state", role: isError ? "alert" : "status" }, text));
}

function innerWidthOf(element) {
  const style = getComputedStyle(element);
  return element.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
}

// Draw the chart in view anew.
function render(width = innerWidthOf(main)) {
  const chart = app.fine || app.chart;
  if (!chart) return;
  app.width = width;
  app.font = getComputedStyle(main).fontFamily;
  app.small = null;
  app.drawn = null;
  main.setAttribute("aria-busy", "false");
  const isFocused = main.contains(document.activeElement) && document.activeElement.className;
  main.replaceChildren(header(chart), ...(chart.tabs && chart.tabs.length > 1 ? [tabs(chart)] : []),
    ...drawing(chart), footer(chart));
  balanceFacts();
  if (isFocused === "plot") main.querySelector(".plot")?.focus({ preventScroll: true });
}

function drawing(chart) {
  if (chart.state) return [html("p", { class: "state" }, chart.state)];
  if (chart.grid) return drawGrid(chart, app.width);
  if (!chart.axis) return chart.map ? bigMap(chart, app.width) : [];
  app.drawn = drawPanels(chart, app.width);
  return [withPointer(chart, app.drawn)];
}

function header(chart) {
  const words = html("div", { class: "words" },
    html("h1", { dir: chart.view === "compare" ? "ltr" : "auto" }, chart.title), // two names may have two directions
    html("p", { class: "subtitle" }, chart.subtitle || (chart.heading === chart.title ? "" : chart.heading)),
    chart.facts && html("dl", { class: "facts" }, ...factsOf(chart).map((fact) => html("div", {},
      html("dd", {}, fact.value, fact.unit && html("span", { class: "unit" }, ` ${fact.unit}`)), html("dt", {}, fact.label)))));
  const hasMap = chart.map && chart.axis && !chart.state;
  return html("header", {}, words, hasMap ? smallMap(chart) : null);
}

// Facts that need several rows stand in columns, so that none is alone in the last row.
function balanceFacts() {
  const list = main.querySelector(".facts");
  const facts = list ? [...list.children] : [];
  const rows = new Set(facts.map((fact) => fact.offsetTop)).size;
  if (rows > 1) list.style.setProperty("--columns", Math.ceil(facts.length / rows));
  list?.classList.toggle("columns", rows > 1);
}

// The facts: of the whole, or of the stretch in view as far as its steps add up to them.
function factsOf(chart) {
  if (!app.zoom || app.fine || !chart.steps) return chart.facts;
  const inside = stretchWithin(chart.axis.values, app.zoom);
  const panelOf = (key) => panelsOf(chart).find((panel) => panel.key === key);
  const written = (key) => {
    if (key === "distance") return { value: write({ ...chart.axis.quantity, digits: 2 }, sum(chart.steps.metres, inside)) };
    if (key === "time") return { value: clock(sum(chart.steps.seconds, inside)) };
    const panel = panelOf(key);
    const value = panel && meanOf(chart, panel, panel.marks[0].values, inside);
    return value === undefined || value === null ? null : { value: write(panel.quantity, value) };
  };
  return chart.facts.map((fact) => fact.key && { ...fact, ...written(fact.key) }).filter((fact) => fact && fact.value);
}

function tabs(chart) {
  return html("div", { class: "tabs", role: "group", "aria-label": "What is shown" }, ...chart.tabs.map((tab, i) => html("button", {
    type: "button", "aria-pressed": String(i === app.tab),
    onclick() {
      app.tab = i;
      render();
      main.querySelectorAll(".tabs button")[i].focus();
    },
  }, tab.label)));
}

// Below the drawing: how to use it and what it rests on at the left, buttons at the right.
function footer(chart) {
  const button = (label, onclick) => html("button", { type: "button", onclick }, label);
  const list = [];
  if (app.history.length) list.push(button("Back", back));
  if (app.zoom) list.push(button("Whole chart", () => zoomTo(null)));
  if (host.canFill()) list.push(button("Full screen", host.fill));
  if (chart.link && host.canLink()) list.push(button("View on Strava", () => host.link(chart.link)));
  const hint = chart.axis && !chart.state && !app.zoom ? html("p", { class: "hint use" }, hintOf(chart)) : null;
  return html("footer", {}, html("div", { class: "words" }, hint, notes(chart)), ...list);
}

function hintOf(chart) {
  const isTouch = navigator.maxTouchPoints > 0 && matchMedia("(hover: none)").matches;
  const lap = chart.strip ? ", or choose a lap" : "";
  return isTouch ? `Spread two fingers over a stretch to zoom${lap}` : `Drag over the curves to zoom${lap}`;
}

function notes(chart) {
  if (!chart.notes) return null;
  return html("details", {}, html("summary", {}, "About these figures"),
    ...chart.notes.map((note) => html("p", { class: "hint", dir: "auto" }, note)));
}
