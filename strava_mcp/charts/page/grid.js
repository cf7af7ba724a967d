// The calendar: a column for each week from Monday to Sunday, in as many rows of weeks as fit.

const SHAPES = {
  circle: (x, y, r) => svg("circle", { cx: x, cy: y, r }),
  square: (x, y, r) => svg("rect", { x: x - r, y: y - r, width: 2 * r, height: 2 * r }),
  triangle: (x, y, r) => svg("path", { d: `M${x} ${y - r}L${x + r} ${y + r}L${x - r} ${y + r}Z` }),
  diamond: (x, y, r) => svg("path", { d: `M${x} ${y - r}L${x + r} ${y}L${x} ${y + r}L${x - r} ${y}Z` }),
  bar: (x, y, r) => svg("rect", { x: x - r, y: y - r / 2, width: 2 * r, height: r }),
};
const weekOf = (day) => Math.floor((day + 3) / 7); // 1970-01-01 was a Thursday
const weekdayOf = (day) => (((day + 3) % 7) + 7) % 7;

function drawGrid(chart, width) {
  const { cells, streak } = chart.grid;
  const first = weekOf(cells[0].day);
  const weeks = weekOf(cells[cells.length - 1].day) - first + 1;
  const left = 30;
  const size = Math.max(11, Math.min(22, Math.floor((width - left) / Math.min(weeks, 53))));
  const columns = Math.min(weeks, Math.floor((width - left) / size));
  const rows = Math.ceil(weeks / columns);
  const rowHeight = 7 * size + 24;
  const height = rows * rowHeight;
  const picture = svg("svg", { class: "grid", width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
  const place = (day) => {
    const week = weekOf(day) - first;
    return [left + (week % columns) * size, Math.floor(week / columns) * rowHeight + 18 + weekdayOf(day) * size];
  };
  for (let row = 0; row < rows; row++) {
    ["Mon", "Wed", "Fri", "Sun"].forEach((name, i) => picture.append(svg("text", {
      class: "tick", x: left - 4, y: row * rowHeight + 18 + 2 * i * size + size - 2, "text-anchor": "end",
    }, name)));
  }
  drawMonths(picture, cells, place, width);
  cells.forEach((cell, i) => picture.append(...drawCell(cell, place(cell.day), size, streak, i)));
  return [withCells(chart, picture, size), drawLegend(chart.grid)];
}

// The name of each month stands above its first whole week, January's is the year.
function drawMonths(picture, cells, place, width) {
  let row = null;
  let end = -Infinity;
  for (const { day } of cells) {
    const date = dateOf(day);
    if (date.getUTCDate() > 7 || weekdayOf(day) !== 0) continue;
    const [x, y] = place(day);
    if (y !== row) [row, end] = [y, -Infinity];
    const label = date.getUTCMonth() ? MONTHS[date.getUTCMonth()] : `${date.getUTCFullYear()}`;
    const right = x + widthOf(label);
    if (x < end || right > width) continue;
    picture.append(svg("text", { class: "tick", x, y: y - 6 }, label));
    end = right + 6;
  }
}

function drawCell(cell, [x, y], size, streak, index) {
  const inStreak = streak && cell.day >= streak[0] && cell.day <= streak[1];
  const square = svg("rect", {
    "data-cell": index,
    class: `cell${cell.level ? "" : " rest"}${inStreak ? " streak" : ""}`, x: x + 0.5, y: y + 0.5, rx: 2, width: size - 2, height: size - 2,
    "fill-opacity": cell.level ? round(0.2 + 0.8 * cell.level) : undefined,
  });
  if (!cell.shape) return [square];
  const mark = SHAPES[cell.shape](x + size / 2 - 0.5, y + size / 2 - 0.5, Math.max(2, size / 6));
  mark.setAttribute("class", cell.level > 0.55 ? "shape on-dark" : "shape");
  return [square, mark];
}

// What the shapes, the frames and the shades stand for.
function drawLegend({ legend, scale, streak }) {
  const swatch = (shape) => svg("svg", { class: "shapes", width: 14, height: 14, "aria-hidden": "true" }, shape);
  const entry = (...content) => html("span", { class: "legend" }, ...content);
  const frame = streak && svg("rect", { class: "frame", x: 2, y: 2, rx: 2, width: 10, height: 10 });
  return html("p", { class: "hint" }, ...(legend || []).map(([shape, words]) => entry(swatch(SHAPES[shape](7, 7, 4)), words)),
    streak && entry(swatch(frame), "Longest streak"), entry(scale));
}

// Days can be chosen by mouse, finger and arrow keys; what they held is said below.
function withCells(chart, picture, size) {
  const { cells } = chart.grid;
  const status = html("p", { class: "status", "aria-live": "polite" }, "\u00a0");
  const box = html("div", {
    class: "plot", tabindex: 0, role: "group", "aria-label": `${chart.title}. Arrow keys move by day and week.`,
  }, picture);
  let chosen = null;
  const choose = (index) => {
    if (index < 0 || index >= cells.length) return;
    picture.querySelectorAll(".chosen").forEach((one) => one.classList.remove("chosen"));
    picture.querySelector(`[data-cell="${index}"]`).classList.add("chosen");
    chosen = index;
    status.textContent = `${longDay(cells[index].day)} \u00b7 ${cells[index].label}`;
  };
  const cellAt = (event) => event.target.closest && event.target.closest("[data-cell]");
  const press = () => chosen !== null && cells[chosen].opens && open(cells[chosen].opens);
  box.addEventListener("pointermove", (event) => cellAt(event) && choose(Number(cellAt(event).dataset.cell)));
  box.addEventListener("click", (event) => {
    if (!cellAt(event)) return;
    choose(Number(cellAt(event).dataset.cell));
    press();
  });
  box.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 7, ArrowLeft: -7, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step && event.key !== "Enter") return;
    event.preventDefault();
    if (step) choose(chosen === null ? cells.length - 1 : chosen + step);
    else press();
  });
  return html("div", { "data-size": size }, box, status);
}
