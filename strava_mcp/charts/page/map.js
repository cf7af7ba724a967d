// Tracks on plain ground, north up: the small map beside the facts, and the map of a period.

function boundsOf(tracks) {
  const points = tracks.flatMap((track) => track.points.filter(Boolean));
  const [xs, ys] = [points.map((point) => point[0]), points.map((point) => point[1])];
  const least = (values) => values.reduce((a, b) => Math.min(a, b), Infinity);
  const most = (values) => values.reduce((a, b) => Math.max(a, b), -Infinity);
  return { left: least(xs), right: most(xs), bottom: least(ys), top: most(ys) };
}

function drawMap(chart, width, height) {
  const { tracks, scale, has_ends: hasEnds } = chart.map;
  const bounds = boundsOf(tracks);
  const padding = 10;
  const room = height - 2 * padding - 16; // the scale bar stands below
  const ratio = Math.min(
    (width - 2 * padding) / (bounds.right - bounds.left || 1), room / (bounds.top - bounds.bottom || 1),
  );
  const [dx, dy] = [
    (width - (bounds.right - bounds.left) * ratio) / 2, padding + (room - (bounds.top - bounds.bottom) * ratio) / 2,
  ];
  const place = (point) => point && [dx + (point[0] - bounds.left) * ratio, dy + (bounds.top - point[1]) * ratio];
  const picture = svg("svg", { class: "map", width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": "Map, north up" });
  const some = tracks.length > RULES.few_tracks ? "track many" : "track few";
  tracks.forEach((track, i) => picture.append(svg("path", {
    class: tracks.length === 1 ? "track" : some, d: pathOf(track.points.map(place)), stroke: `var(--chart-${track.color || "pace"})`,
    "data-track": i,
  })));
  if (hasEnds) picture.append(...drawEnds(tracks[0], place));
  picture.append(...(chart.map.spots || []).map((spot) => drawSpot(spot, place)));
  picture.append(...drawScaleBar(scale, ratio, width, height));
  return { picture, place };
}

function drawEnds(track, place) {
  const points = track.points.filter(Boolean);
  const [start, finish] = [place(points[0]), place(points[points.length - 1])];
  return [
    svg("circle", { class: "finish", cx: round(finish[0]), cy: round(finish[1]), r: 4, fill: `var(--chart-${track.color || "pace"})` }),
    svg("circle", { class: "start", cx: round(start[0]), cy: round(start[1]), r: 4 }),
  ];
}

function drawSpot({ point, label }, place) {
  const [x, y] = place(point);
  return svg("circle", { class: "spot", cx: round(x), cy: round(y), r: 5 }, svg("title", {}, label));
}

function drawScaleBar([metres, label], ratio, width, height) {
  const length = Math.min(width - 16, metres * ratio);
  return [
    svg("line", { class: "scale-bar", x1: round(width - 8 - length), x2: width - 8, y1: height - 4, y2: height - 4 }),
    svg("text", { class: "tick", x: width - 8, y: height - 9, "text-anchor": "end" }, label),
  ];
}

// The small map: it follows the hair and shows the stretch in view.
function smallMap(chart) {
  const { picture, place } = drawMap(chart, app.width < 480 ? 110 : 170, app.width < 480 ? 92 : 104);
  const track = chart.map.tracks[0];
  if (app.zoom && track.at) {
    picture.querySelector(".track").classList.add("dimmed");
    const within = track.points.map((point, i) => (
      track.at[i] >= app.zoom[0] && track.at[i] <= app.zoom[1] ? place(point) : null));
    picture.append(svg("path", { class: "track", d: pathOf(within), stroke: `var(--chart-${track.color || "pace"})` }));
  }
  picture.append(svg("circle", { class: "here", r: 5, visibility: "hidden" }));
  app.small = { picture, place };
  return picture;
}

// Move the dot of the small map to a value of the axis; null hides it.
function moveDot(chart, value) {
  if (!app.small || !chart.map || !chart.map.tracks[0].at) return;
  const dot = app.small.picture.querySelector(".here");
  const { at, points } = chart.map.tracks[0];
  const i = value === null ? -1 : at.findIndex((one, index) => points[index] && one >= value);
  dot.setAttribute("visibility", i < 0 ? "hidden" : "visible");
  if (i < 0) return;
  const [x, y] = app.small.place(points[i]);
  dot.setAttribute("cx", round(x));
  dot.setAttribute("cy", round(y));
}

// The map of a period: one track at a time is named, by mouse, finger or arrow keys.
function bigMap(chart, width) {
  const height = Math.round(Math.min(heightOf(width), Math.max(240, width * 0.5)));
  const { picture, place } = drawMap(chart, width, height);
  const status = html("p", { class: "status", "aria-live": "polite" }, chart.map.tracks.length > 1 ? "Choose a track to see what it was." : "");
  const box = html("div", { class: "plot", tabindex: 0, role: "group", "aria-label": `${chart.title}. Arrow keys go through the tracks.` }, picture);
  let chosen = -1;
  const choose = (index) => {
    const { tracks } = chart.map;
    chosen = (index + tracks.length) % tracks.length;
    picture.querySelectorAll(".track").forEach((path) => path.classList.toggle("chosen", Number(path.dataset.track) === chosen));
    picture.append(picture.querySelector(".chosen"));
    status.textContent = tracks[chosen].label || "";
  };
  const press = () => chosen >= 0 && chart.map.tracks[chosen].opens && open(chart.map.tracks[chosen].opens);
  const nearest = (event) => {
    const frame = picture.getBoundingClientRect();
    const [x, y] = [event.clientX - frame.left, event.clientY - frame.top];
    let best = -1;
    let least = 24 * 24;
    chart.map.tracks.forEach((track, i) => track.points.forEach((point) => {
      if (!point) return;
      const [px, py] = place(point);
      const distance = (px - x) ** 2 + (py - y) ** 2;
      if (distance < least) [best, least] = [i, distance];
    }));
    if (best >= 0 && best !== chosen) choose(best);
    return best;
  };
  box.addEventListener("pointermove", nearest);
  box.addEventListener("click", (event) => nearest(event) >= 0 && press());
  box.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step && event.key !== "Enter") return;
    event.preventDefault();
    if (step) choose(chosen < 0 && step < 0 ? chart.map.tracks.length - 1 : chosen + step);
    else press();
  });
  return [box, status];
}
