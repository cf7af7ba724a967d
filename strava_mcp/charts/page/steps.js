// What a stretch of the axis adds up to, and thinner series for narrow frames.

// The stretch of increasing values within [low, high], as indices: from the first to before the last.
function stretchWithin(values, [low, high]) {
  let from = 0;
  while (from < values.length && values[from] < low) from += 1;
  let to = from;
  while (to < values.length && values[to] <= high) to += 1;
  return { from, to };
}

function sum(values, { from, to }) {
  let total = 0;
  for (let i = from; i < to; i += 1) total += values[i];
  return total;
}

// The mean of what is known, weighted by seconds in motion unless the athlete stood still throughout.
function mean(values, { from, to }, weights) {
  let weighted = 0;
  let weight = 0;
  let plain = 0;
  let count = 0;
  for (let i = from; i < to; i += 1) {
    const value = values[i];
    if (value === null || value === undefined) continue;
    if (weights) {
      weighted += value * weights[i];
      weight += weights[i];
    }
    plain += value;
    count += 1;
  }
  if (weight > 0) return weighted / weight;
  return count ? plain / count : null;
}

// Speed is metres by seconds, never a mean of speeds.
function rate(steps, stretch) {
  const seconds = sum(steps.seconds, stretch);
  return seconds ? sum(steps.metres, stretch) / seconds : null;
}

// The mean of a panel's series over a stretch.
function meanOf(chart, panel, values, stretch) {
  if (panel.key === "rate" && chart.steps) return rate(chart.steps, stretch);
  return mean(values, stretch, chart.steps && chart.steps.seconds);
}

// The chart's axis and marks within a range, with at most one value for every two pixels.
function thinned(chart, panels, range, width) {
  const axis = chart.axis;
  const inside = stretchWithin(axis.values, range);
  const isRecorded = axis.kind === "length" || axis.kind === "time";
  const size = isRecorded ? Math.max(1, Math.ceil((inside.to - inside.from) / (width / 2))) : 1;
  const groups = [];
  for (let from = inside.from; from < inside.to; from += size) groups.push({ from, to: Math.min(from + size, inside.to) });
  const middle = (values) => groups.map(({ from, to }) => values[from + Math.floor((to - from) / 2)]);
  const first = (values) => values && groups.map(({ from }) => values[from]);
  const series = (panel, values) => (size === 1 ? first(values) : groups.map((group) => (
    group.to - group.from === 1 ? values[group.from] : meanOf(chart, panel, values, group))));
  return {
    inside,
    values: middle(axis.values),
    tags: axis.tags && middle(axis.tags),
    panels: panels.map((panel) => ({
      ...panel,
      marks: panel.marks.map((mark) => (mark.x ? mark : {
        ...mark,
        values: series(panel, mark.values),
        labels: first(mark.labels),
        opens: first(mark.opens),
        hatched: groups.flatMap(({ from }, i) => (mark.hatched?.includes(from) ? [i] : [])),
      })),
    })),
  };
}
