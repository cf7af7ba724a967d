// Panels, one quantity each, over one axis; below them the strip of laps and the axis.

// The height of panels and axis: in a chat the whole stays within 500 px.
const HEIGHT = 304;
const HEIGHT_ON_SITE = 480;
const heightOf = (width) => (host === site && width >= 640 ? HEIGHT_ON_SITE : HEIGHT);
const KEY_ROW = 15;

// Where everything of a chart of panels stands, at a width in pixels.
function layoutOf(chart, panels, width) {
  const left = width < 480 ? 46 : RULES.left;
  const words = panels.flatMap((panel) => (panel.bands || []).map((band) => widthOf(band.label) + 10));
  const right = width - Math.max(14, ...words);
  const strip = chart.strip ? RULES.strip + 6 : 0;
  const markers = chart.markers ? 16 : 0;
  const keys = panels.map((panel) => placeKey(panel, left, right));
  const chrome = panels.length * (RULES.panel_header + RULES.panel_gap) + RULES.axis + strip + markers;
  const shares = panels.reduce((total, panel) => total + panel.height, 0);
  const height = heightOf(width);
  const unit = Math.min(height / 2, Math.max(44, (height - (chart.tabs.length > 1 ? 52 : 0) - chrome) / shares));
  let top = markers;
  const boxes = panels.map((panel, i) => {
    const rows = keys[i].reduce((most, { row }) => Math.max(most, row), 0);
    const box = { top: top + RULES.panel_header + rows * KEY_ROW, height: Math.round(unit * panel.height), keys: keys[i] };
    box.words = top + RULES.panel_header - 8;
    box.bottom = box.top + box.height;
    top = box.bottom + RULES.panel_gap;
    return box;
  });
  const stripTop = top - 4;
  return { width, left, right, boxes, stripTop, axisTop: stripTop + strip, height: stripTop + strip + RULES.axis };
}

function panelsOf(chart) {
  return chart.tabs ? chart.tabs[Math.min(app.tab, chart.tabs.length - 1)].panels : [];
}

// Draw the panels of the chart in view; returns the element and what the pointer needs.
function drawPanels(chart, width) {
  const panels = panelsOf(chart);
  const layout = layoutOf(chart, panels, width);
  const range = app.zoom || chart.axis.domain;
  const x = axisScale(chart.axis.kind, range, layout.left, layout.right);
  const thin = thinned(chart, panels, range, layout.right - layout.left);
  thin.xs = thin.values.map(x);
  const picture = svg("svg", {
    class: "panels", width, height: layout.height, viewBox: `0 0 ${width} ${layout.height}`, "aria-hidden": "true",
  });
  picture.append(svg("clipPath", { id: "plot" }, svg("rect", {
    x: layout.left - 6, y: 0, width: layout.right - layout.left + 12, height: layout.height,
  })));
  picture.append(svg("pattern", { id: "unfinished", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    svg("rect", { class: "stripe", width: 3, height: 6 })));
  thin.panels.forEach((panel, i) => picture.append(drawPanel(chart, panel, layout, layout.boxes[i], x, thin)));
  if (chart.markers) picture.append(drawMarkers(chart.markers, layout, range, x));
  if (chart.strip) picture.append(drawStrip(chart.strip, layout, range, x));
  picture.append(drawAxis(chart.axis, layout, range, x));
  return { picture, layout, x, thin, range };
}

function drawPanel(chart, panel, layout, box, x, thin) {
  const y = valueScale(panel.domain, box.bottom, box.top);
  const group = svg("g", { class: "panel", "data-name": panel.name });
  group.append(svg("text", {
    class: "name", x: layout.left, y: box.words, color: `var(--chart-${panel.color})`,
  }, panel.name));
  group.append(...drawKey(box));
  const aside = asideOf(chart, panel, thin) || "";
  if (widthOf(aside, 12) + 14 < layout.right - endOfRow(panel, layout.left, box.keys)) {
    group.append(svg("text", { class: "aside", x: layout.right, y: box.words, "text-anchor": "end" }, aside));
  }
  for (const band of panel.bands || []) group.append(...drawBand(band, panel, layout, y));
  let last = Infinity;
  for (const tick of panel.ticks || []) {
    const at = y(tick.at);
    group.append(svg("line", { class: "hairline", x1: layout.left, x2: layout.right, y1: round(at), y2: round(at) }));
    if (Math.abs(last - at) < RULES.min_tick_gap) continue;
    last = at;
    group.append(svg("text", { class: "tick", x: layout.left - 8, y: round(at + 4), "text-anchor": "end" }, tick.label));
  }
  const marks = svg("g", { "clip-path": "url(#plot)" });
  const floor = new Map();
  for (const mark of panel.marks) marks.append(...DRAW[mark.kind](mark, { panel, x, y, box, thin, floor }));
  if (panel.mean !== undefined && !app.zoom) {
    const at = round(y(panel.mean));
    marks.append(svg("line", { class: "mean", x1: layout.left, x2: layout.right, y1: at, y2: at, stroke: `var(--chart-${panel.color})` }));
  }
  group.append(marks);
  return group;
}

// Where the names of several series stand, after the panel's own: [{mark, x, row}], in as many rows as needed.
function placeKey(panel, left, right) {
  const named = panel.marks.filter((mark, i, all) => (
    mark.name && mark.kind !== "dots" && all.findIndex((other) => other.name === mark.name) === i));
  if (named.length < 2) return [];
  let [x, row] = [left + widthOf(panel.name, RULES.label_size, 600) + 17, 0];
  return named.map((mark) => {
    const width = widthOf(mark.name) + 13;
    if (x + width > right) [x, row] = [left + 3, row + 1];
    const placed = { mark, x, row };
    x += width + 14;
    return placed;
  });
}

function endOfRow(panel, left, keys) {
  return Math.max(left + widthOf(panel.name, RULES.label_size, 600),
    ...keys.filter(({ row }) => row === 0).map(({ mark, x }) => x + 13 + widthOf(mark.name)));
}

// What the colours of a panel with several series stand for.
function drawKey(box) {
  return box.keys.map(({ mark, x, row }) => {
    const y = box.words + row * KEY_ROW;
    const swatch = mark.kind === "bars"
      ? svg("rect", { x, y: y - 8, width: 8, height: 8, fill: `var(--chart-${mark.color})` })
      : svg("line", { class: `curve ${mark.style || ""}`, x1: x - 3, x2: x + 9, y1: y - 4, y2: y - 4, stroke: `var(--chart-${mark.color})` });
    return svg("g", { class: "key" }, swatch, svg("text", { x: x + 13, y }, mark.name));
  });
}

// The words at the right of a panel's name: of the whole chart, or of the stretch in view.
function asideOf(chart, panel, thin) {
  if (!app.zoom || !chart.steps || !panel.key || panel.key === "altitude") return panel.aside;
  const source = panelsOf(chart).find((one) => one.name === panel.name);
  const value = meanOf(chart, panel, source.marks[0].values, thin.inside);
  return value === null ? "" : `avg ${withUnit(panel.quantity, value)}`;
}

function drawBand(band, panel, layout, y) {
  const [low, high] = [band.low ?? panel.domain[0], band.high ?? panel.domain[1]];
  const [bottom, top] = [y(low), y(high)];
  const parts = [];
  if (band.is_filled) {
    parts.push(svg("rect", { class: "band", x: layout.left, y: round(top), width: layout.right - layout.left, height: round(bottom - top) }));
  }
  if (bottom - top >= RULES.min_tick_gap) {
    parts.push(svg("text", { class: "tick", x: layout.width - 2, y: round((bottom + top) / 2 + 4), "text-anchor": "end" }, band.label));
  }
  return parts;
}

// Where the values of a mark stand, in pixels.
const xsOf = (mark, { x, thin }) => (mark.x ? mark.x.map(x) : thin.xs);

function pointsOf(mark, on) {
  return xsOf(mark, on).map((x, i) => (mark.values[i] === null ? null : [x, on.y(mark.values[i])]));
}

// How to draw each kind of mark.
const DRAW = {
  line: (mark, on) => [svg("path", {
    class: `curve ${mark.style || ""}`, d: pathOf(pointsOf(mark, on)), stroke: `var(--chart-${mark.color})`,
  })],
  area(mark, on) {
    const base = on.y(Math.max(on.panel.domain[0], Math.min(0, on.panel.domain[1])));
    const runs = [[]];
    for (const point of pointsOf(mark, on)) {
      if (point) runs[runs.length - 1].push(point);
      else runs.push([]);
    }
    const parts = runs.filter((run) => run.length).map((run) => ({ run, edge: pathOf(run) }));
    const areas = parts.map(({ run, edge }) => (
      run.length > 1 ? `${edge}L${round(run[run.length - 1][0])} ${round(base)}H${round(run[0][0])}Z` : ""));
    return [
      svg("path", { class: "area", d: areas.join(""), fill: `var(--chart-${mark.color})` }),
      svg("path", { class: "curve", d: parts.map(({ edge }) => edge).join(""), stroke: `var(--chart-${mark.color})` }),
    ];
  },
  bars(mark, on) {
    const xs = xsOf(mark, on);
    const step = xs.length > 1 ? xs[1] - xs[0] : 24;
    const width = Math.max(1, Math.min(40, step * 0.78));
    let bars = "";
    let hatched = "";
    xs.forEach((x, i) => {
      const value = mark.values[i];
      if (!value) return;
      const from = on.floor.get(x) || 0;
      on.floor.set(x, from + value);
      const bottom = on.y(Math.min(from, from + value));
      const top = on.y(Math.max(from, from + value));
      const bar = `M${round(x - width / 2)} ${round(top)}h${round(width)}v${round(Math.max(0.5, bottom - top))}h${-round(width)}Z`;
      bars += bar;
      if (mark.hatched?.includes(i)) hatched += bar;
    });
    return [
      svg("path", { class: "bar", d: bars, fill: `var(--chart-${mark.color})` }),
      ...(hatched ? [svg("path", { d: hatched, fill: "url(#unfinished)" })] : []),
    ];
  },
  spikes: (mark, on) => [svg("path", {
    class: "spikes", stroke: `var(--chart-${mark.color})`,
    d: pointsOf(mark, on).map((point) => (point ? `M${round(point[0])} ${on.y(0)}V${round(point[1])}` : "")).join(""),
  })],
  dots: (mark, on) => pointsOf(mark, on).map((point, i) => point && svg("circle", {
    class: mark.opens && mark.opens[i] ? "dot opens" : "dot", cx: round(point[0]), cy: round(point[1]), r: 4,
    fill: `var(--chart-${mark.color})`,
  })).filter(Boolean),
};

// Vertical lines with words above the first panel; words that would meet are left out.
function drawMarkers(markers, layout, range, x) {
  const group = svg("g", { class: "markers" });
  let end = -Infinity;
  for (const marker of markers.filter((one) => one.at >= range[0] && one.at <= range[1])) {
    const at = x(marker.at);
    const words = marker.name || marker.label;
    const width = widthOf(words);
    const start = Math.min(Math.max(layout.left, at - width / 2), layout.width - width - 2);
    group.append(...layout.boxes.map(({ top, bottom }) => (
      svg("line", { class: "marker", x1: round(at), x2: round(at), y1: top, y2: bottom }))));
    if (start < end + 6) continue;
    end = start + width;
    group.append(svg("text", { class: "tick", x: round(start), y: 11 }, words));
  }
  return group;
}

// Laps as buttons: the faster, the darker.
function drawStrip(strip, layout, range, x) {
  const group = svg("g", { class: "strip" });
  group.append(svg("text", { class: "tick", x: layout.left - 8, y: layout.stripTop + 13, "text-anchor": "end" }, "laps"));
  strip.forEach((lap, i) => {
    const [low, high] = [Math.max(lap.low, range[0]), Math.min(lap.high, range[1])];
    if (high <= low) return;
    group.append(svg("rect", {
      class: "lap", x: round(x(low) + 0.5), y: layout.stripTop, width: round(Math.max(0.5, x(high) - x(low) - 1)),
      height: RULES.strip, "fill-opacity": round(0.25 + 0.65 * lap.level), "data-lap": i,
    }, svg("title", {}, lap.label)));
  });
  return group;
}

function drawAxis(axis, layout, range, x) {
  const group = svg("g", { class: "axis" });
  const ticks = axisTicks(axis, range, layout.right - layout.left);
  let end = -Infinity;
  for (const tick of ticks) {
    const width = widthOf(tick.label);
    const middle = Math.min(x(tick.at), layout.width - width / 2);
    if (middle - width / 2 < end + 4) continue;
    end = middle + width / 2;
    group.append(svg("text", { class: "tick", x: round(middle), y: layout.axisTop + 15, "text-anchor": "middle" }, tick.label));
  }
  return group;
}
