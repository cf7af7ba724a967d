// The hair through all panels, and the choice of a stretch: by mouse, finger and keyboard.

// Lay hover and zoom over drawn panels. Returns the focusable element.
function withPointer(chart, drawn) {
  const { picture, layout, x, thin } = drawn;
  const hair = svg("g", { class: "hair", visibility: "hidden" });
  const choice = svg("rect", { class: "choice", y: 0, height: layout.stripTop, visibility: "hidden" });
  picture.append(choice, hair);
  const box = html("div", {
    class: "plot", tabindex: 0, role: "slider", "aria-label": `${chart.title}. Arrow keys move along the chart.`,
    "aria-valuemin": 0, "aria-valuemax": Math.max(0, thin.values.length - 1), "aria-valuenow": 0, "aria-valuetext": "",
  }, picture);
  const state = { index: null, pointers: new Map() };

  const nearest = (clientX) => {
    const at = clientX - picture.getBoundingClientRect().left;
    let best = null;
    thin.values.forEach((value, i) => {
      if (best === null || Math.abs(x(value) - at) < Math.abs(x(thin.values[best]) - at)) best = i;
    });
    return best;
  };
  const show = (index) => {
    if (index === null || !thin.values.length) return;
    state.index = Math.min(thin.values.length - 1, Math.max(0, index));
    drawHair(chart, drawn, hair, state.index);
    box.setAttribute("aria-valuenow", state.index);
    box.setAttribute("aria-valuetext", spoken(chart, drawn, state.index));
    picture.classList.add("hovered");
  };
  const hide = () => {
    state.index = null;
    hair.setAttribute("visibility", "hidden");
    picture.classList.remove("hovered");
    moveDot(chart, null);
  };
  pointers(box, picture, drawn, choice, state, { nearest, show, hide });
  keys(box, chart, drawn, state, { show, hide });
  return box;
}

function pointers(box, picture, { layout, x }, choice, state, { nearest, show, hide }) {
  const local = (event) => {
    const at = event.clientX - picture.getBoundingClientRect().left;
    return Math.min(layout.right, Math.max(layout.left, at));
  };
  const stretch = () => [...state.pointers.values()].flatMap(({ from, to }) => [from, to]);
  box.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    // What lies below the pointer is known only now: once it is captured, the picture is the target.
    const lap = event.target.closest("[data-lap]");
    state.pointers.set(event.pointerId, { from: local(event), to: local(event), lap });
    if (event.pointerType === "mouse") picture.setPointerCapture(event.pointerId);
    show(nearest(event.clientX));
  });
  box.addEventListener("pointermove", (event) => {
    show(nearest(event.clientX));
    const held = state.pointers.get(event.pointerId);
    if (!held) return;
    held.to = local(event);
    const isChoosing = event.pointerType === "mouse" || state.pointers.size > 1;
    const [low, high] = [Math.min(...stretch()), Math.max(...stretch())];
    choice.setAttribute("visibility", isChoosing && high - low > 6 ? "visible" : "hidden");
    choice.setAttribute("x", low);
    choice.setAttribute("width", high - low);
  });
  const end = (event) => {
    const held = state.pointers.get(event.pointerId);
    const [low, high] = held ? [Math.min(...stretch()), Math.max(...stretch())] : [0, 0];
    const isChosen = held && (event.pointerType === "mouse" || state.pointers.size > 1) && high - low > 6;
    state.pointers.clear();
    choice.setAttribute("visibility", "hidden");
    if (isChosen && event.type === "pointerup") return zoomTo([x.value(low), x.value(high)]);
    if (held && event.type === "pointerup") press(event, held.lap);
    if (event.pointerType !== "mouse" && event.type === "pointerup") show(nearest(event.clientX));
    return undefined;
  };
  const press = (event, lap) => {
    if (lap) return zoomTo([app.chart.strip[lap.dataset.lap].low, app.chart.strip[lap.dataset.lap].high]);
    return event.pointerType === "mouse" ? openAt(state.index, app.drawn) : undefined;
  };
  box.addEventListener("pointerup", end);
  box.addEventListener("pointercancel", end);
  box.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && !state.pointers.size && hide());
}

function keys(box, chart, drawn, state, { show, hide }) {
  const move = (by) => show((state.index ?? (by > 0 ? -1 : drawn.thin.values.length)) + by);
  const page = Math.max(2, Math.round(drawn.thin.values.length / 10));
  const ACTIONS = {
    ArrowRight: () => move(1),
    ArrowLeft: () => move(-1),
    PageUp: () => move(page),
    PageDown: () => move(-page),
    Home: () => show(0),
    End: () => show(drawn.thin.values.length - 1),
    Enter: () => openAt(state.index, drawn),
    Escape: () => (app.zoom ? zoomTo(null) : hide()),
    "+": () => zoomAround(drawn, state.index, 0.5),
    "-": () => zoomAround(drawn, state.index, 2),
  };
  box.addEventListener("keydown", (event) => {
    const action = ACTIONS[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action();
  });
  box.addEventListener("blur", () => hide());
}

function zoomAround({ x, layout, thin }, index, ratio) {
  const at = index === null ? (layout.left + layout.right) / 2 : x(thin.values[index]);
  const half = ((layout.right - layout.left) / 2) * ratio;
  zoomTo([x.value(at - half), x.value(at + half)]);
}

// [{text, value, panel, mark}] of each panel at an index of the thinned axis.
function readings(panel, index, axisValue) {
  return panel.marks.filter((mark) => mark.kind !== "dots" || mark.x === undefined || mark.x.includes(axisValue))
    .map((mark) => {
      const i = mark.x ? mark.x.indexOf(axisValue) : index;
      const value = i < 0 ? null : mark.values[i];
      if (value === null || value === undefined) return null;
      const words = mark.labels && mark.labels[i] ? mark.labels[i] : withUnit(mark.quantity || panel.quantity, value);
      return { mark, value, text: mark.name ? `${mark.name} ${words}` : words };
    })
    .filter(Boolean);
}

function tagOf(chart, thin, index) {
  const at = withUnit(chart.axis.quantity, thin.values[index]);
  return thin.tags ? `${at} \u00b7 ${clock(thin.tags[index])}` : at;
}

function spoken(chart, { thin }, index) {
  const parts = thin.panels.flatMap((panel) => (
    readings(panel, index, thin.values[index]).map(({ mark, text }) => (mark.name ? text : `${panel.name} ${text}`))));
  return [tagOf(chart, thin, index), ...parts].join(", ");
}

function drawHair(chart, { layout, x, thin }, hair, index) {
  const at = x(thin.values[index]);
  hair.replaceChildren(svg("line", { x1: round(at), x2: round(at), y1: layout.boxes[0].top - 4, y2: layout.axisTop }));
  thin.panels.forEach((panel, i) => {
    const box = layout.boxes[i];
    const y = valueScale(panel.domain, box.bottom, box.top);
    const entries = readings(panel, index, thin.values[index]);
    for (const { mark, value } of entries) {
      if (mark.kind !== "line" && mark.kind !== "area") continue;
      hair.append(svg("circle", { cx: round(at), cy: round(y(value)), r: 4, fill: `var(--chart-${mark.color})` }));
    }
    const lines = linesOf(entries.map((entry) => entry.text), layout.width - 4);
    hair.append(...lines.map((line, row) => svg("text", {
      class: "value", y: box.words + row * KEY_ROW, color: `var(--chart-${panel.color})`, "data-panel": panel.name,
    }, line)));
  });
  const tag = svg("text", { class: "tag", y: layout.axisTop + 15, "text-anchor": "middle" }, tagOf(chart, thin, index));
  const ground = svg("rect", { class: "tag-ground", rx: 4, y: layout.axisTop + 1, height: 20 });
  hair.append(ground, tag);
  hair.setAttribute("visibility", "visible");
  placeWords(hair, layout, at, ground, tag);
  moveDot(chart, thin.values[index]);
}

// Texts in one line, or in as many as a width in pixels needs.
function linesOf(texts, width) {
  const lines = [texts[0] || "\u2013"];
  for (const text of texts.slice(1)) {
    const last = lines.length - 1;
    lines[last] += " \u00b7 ";
    if (widthOf(lines[last] + text, RULES.label_size, 600) <= width) lines[last] += text;
    else lines.push(text);
  }
  return lines;
}

// Values stand beside the hair in the rows of names; the tag stays within the frame.
function placeWords(hair, layout, at, ground, tag) {
  for (const line of hair.querySelectorAll(".value")) {
    const width = line.getComputedTextLength();
    const isLeft = at + 8 + width > layout.width - 2;
    line.setAttribute("x", round(Math.max(2, isLeft ? Math.min(at - 8, layout.width - 2) - width : at + 8)));
  }
  const width = tag.getComputedTextLength() + 14;
  const middle = Math.min(layout.width - width / 2 - 1, Math.max(width / 2 + 1, at));
  tag.setAttribute("x", round(middle));
  ground.setAttribute("x", round(middle - width / 2));
  ground.setAttribute("width", round(width));
  hideCovered(hair);
}

// Names and averages make room for the value beside the hair.
function hideCovered(hair) {
  const values = [...hair.querySelectorAll(".value")].map((one) => one.getBBox());
  const middle = (box) => box.y + box.height / 2;
  for (const word of hair.ownerSVGElement.querySelectorAll(".name, .aside, .key")) {
    const box = word.getBBox();
    const isCovered = values.some((value) => (
      Math.abs(middle(value) - middle(box)) < 8 && value.x < box.x + box.width + 6 && box.x < value.x + value.width + 6));
    word.classList.toggle("covered", isCovered);
  }
}

// Open what the dot or the bar at an index stands for.
function openAt(index, { thin }) {
  if (index === null || index === undefined) return;
  for (const mark of thin.panels.flatMap((panel) => panel.marks)) {
    const i = mark.x ? mark.x.indexOf(thin.values[index]) : index;
    if (mark.opens && mark.opens[i]) {
      open(mark.opens[i]);
      return;
    }
  }
}
