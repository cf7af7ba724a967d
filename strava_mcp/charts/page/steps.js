// What a stretch of the axis adds up to, and thinner series for narrow frames.

// The indices of the axis' values within [low, high].
function indicesWithin(values, [low, high]) {
  const inside = [];
  values.forEach((value, i) => {
    if (value >= low && value <= high) inside.push(i);
  });
  return inside;
}

function sum(values, indices) {
  return indices.reduce((total, i) => total + values[i], 0);
}

// The mean of what is known, weighted by seconds in motion unless the athlete stood still throughout.
function mean(values, indices, weights) {
  let [weighted, weight, plain, count] = [0, 0, 0, 0];
  for (const i of indices) {
    if (values[i] === null || values[i] === undefined) continue;
    weighted += values[i] * (weights ? weights[i] : 1);
    weight += weights ? weights[i] : 1;
    plain += values[i];
    count += 1;
  }
  if (weight > 0) return weighted / weight;
  return count ? plain / count : null;
}

// Speed is metres by seconds, never a mean of speeds.
function rate(steps, indices) {
  const seconds = sum(steps.seconds, indices);
  return seconds ? sum(steps.metres, indices) / seconds : null;
}

// The mean of a panel's series over some steps.
function stretchOf(chart, panel, values, indices) {
  if (panel.key === "rate" && chart.steps) return rate(chart.steps, indices);
  return mean(values, indices, chart.steps && chart.steps.seconds);
}

// The chart's axis and marks within a range, with at most one value for every two pixels.
function thinned(chart, panels, range, width) {
  const axis = chart.axis;
  const inside = indicesWithin(axis.values, range);
  const isRecorded = axis.kind === "length" || axis.kind === "time";
  const size = isRecorded ? Math.max(1, Math.ceil(inside.length / (width / 2))) : 1;
  const groups = [];
  for (let i = 0; i < inside.length; i += size) groups.push(inside.slice(i, i + size));
  const middle = (values, group) => values[group[Math.floor(group.length / 2)]];
  const series = (panel, values) => groups.map((group) => (
    group.length === 1 ? values[group[0]] : stretchOf(chart, panel, values, group)));
  return {
    groups,
    values: groups.map((group) => middle(axis.values, group)),
    tags: axis.tags && groups.map((group) => middle(axis.tags, group)),
    panels: panels.map((panel) => ({
      ...panel,
      marks: panel.marks.map((mark) => (mark.x ? mark : {
        ...mark,
        values: series(panel, mark.values),
        labels: mark.labels && groups.map((group) => mark.labels[group[0]]),
        opens: mark.opens && groups.map((group) => mark.opens[group[0]]),
        hatched: groups.findIndex((group) => group[0] === mark.hatched),
      })),
    })),
  };
}
