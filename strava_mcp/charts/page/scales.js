// Scales of the axis, and where its ticks go.
const TIME_STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600];
const DURATIONS_S = [1, 5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 18000, 36000, 86400];

// A function from a value of the axis to a horizontal position, and its inverse.
function axisScale(kind, [low, high], left, right) {
  const isLog = kind === "duration";
  const place = isLog ? (value) => Math.log(Math.max(value, 1e-9)) : (value) => value;
  const [from, to] = [place(low), place(high)];
  const ratio = (right - left) / (to - from || 1);
  const at = (value) => left + (place(value) - from) * ratio;
  at.value = (x) => {
    const value = from + (x - left) / ratio;
    return isLog ? Math.exp(value) : value;
  };
  return at;
}

function valueScale([low, high], bottom, top) {
  const ratio = (top - bottom) / (high - low || 1);
  return (value) => bottom + (Math.min(high, Math.max(low, value)) - low) * ratio;
}

// Ticks of the axis: [{at, label}], about one for every ``gap`` pixels.
function axisTicks(axis, [low, high], width, gap = 64) {
  const count = Math.max(2, width / gap);
  switch (axis.kind) {
    case "duration": return durationTicks(low, high, width);
    case "day": return dayTicks(low, high, width);
    case "time": return timeTicks(low, high, count);
    default: return lengthTicks(axis, low, high, count);
  }
}

function multiples(step, low, high) {
  const ticks = [];
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high * (1 + 1e-12) + 1e-9; n++) ticks.push(n * step);
  return ticks;
}

function lengthTicks(axis, low, high, count) {
  const factor = axis.quantity.factor;
  const rough = ((high - low) * factor) / count;
  const power = 10 ** Math.floor(Math.log10(rough || 1));
  const step = power * [1, 2, 5, 10].find((n) => n * power >= rough * (1 - 1e-9));
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const ticks = multiples(step, low * factor, high * factor);
  return ticks.map((value, i) => ({
    at: value / factor,
    label: decimal(value, digits) + (i === ticks.length - 1 ? `\u00a0${axis.quantity.unit}` : ""),
  }));
}

function timeTicks(low, high, count) {
  const rough = (high - low) / count;
  const step = TIME_STEPS_S.find((n) => n >= rough) || 43200;
  return multiples(step, low, high).map((at) => ({ at, label: step < 60 ? clock(at) : hours(at) }));
}

function durationTicks(low, high, width) {
  const at = axisScale("duration", [low, high], 0, width);
  let last = -Infinity;
  const ticks = [];
  for (const seconds of DURATIONS_S.filter((s) => s >= low && s <= high)) {
    if (at(seconds) - last < 44) continue;
    last = at(seconds);
    ticks.push({ at: seconds, label: span(seconds) });
  }
  return ticks;
}

// Days below two months, else the first days of months; January and the first tick say the year.
function dayTicks(low, high, width) {
  const days = high - low;
  const count = Math.max(2, width / 64);
  if (days <= 62) {
    const step = [1, 2, 7, 14].find((n) => n >= days / count) || 14;
    const monday = 4; // 1970-01-05, in days
    const first = step >= 7 ? monday + 7 * Math.ceil((low - monday) / 7) : Math.ceil(low);
    const ticks = [];
    for (let day = first; day <= high; day += step) {
      ticks.push({ at: day, label: `${dateOf(day).getUTCDate()} ${MONTHS[dateOf(day).getUTCMonth()]}` });
    }
    return ticks;
  }
  const step = [1, 2, 3, 6, 12].find((n) => n >= days / 30.4 / count) || 12;
  const start = dateOf(low);
  const ticks = [];
  for (let month = start.getUTCFullYear() * 12 + start.getUTCMonth(); ; month++) {
    const [year, index] = [Math.floor(month / 12), month % 12];
    const day = Date.UTC(year, index, 1) / 86400000;
    if (day > high) return ticks;
    if (day < low || index % Math.min(step, 12)) continue;
    ticks.push({ at: day, label: index && ticks.length ? MONTHS[index] : index ? `${MONTHS[index]} ${year}` : `${year}` });
  }
}
