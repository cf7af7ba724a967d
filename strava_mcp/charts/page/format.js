// How values are written: the same words as charts/scales.py, so that page and picture agree.
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MINUS = "\u2212";

const two = (number) => String(number).padStart(2, "0");
const grouped = (text) => text.replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");
const dateOf = (day) => new Date(day * 86400000);

function decimal(value, digits) {
  const [whole, rest] = Math.abs(value).toFixed(digits).split(".");
  const text = grouped(whole) + (rest ? `.${rest}` : "");
  return value < 0 && /[1-9]/.test(text) ? MINUS + text : text;
}

function clock(seconds) {
  const all = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

function hours(seconds) {
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}`;
}

function span(seconds) {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds % 3600 === 0) return `${seconds / 3600} h`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : clock(seconds);
}

function longDay(day) {
  const date = dateOf(day);
  const month = MONTHS[date.getUTCMonth()];
  return `${WEEKDAYS[date.getUTCDay()]} ${date.getUTCDate()} ${month} ${date.getUTCFullYear()}`;
}

// The value in words, without its unit.
function write(quantity, value) {
  switch (quantity.kind) {
    case "pace": return value > 0 ? clock(quantity.factor / value) : "\u2013";
    case "clock": return clock(value);
    case "hours": return hours(value);
    case "span": return span(value);
    case "day": return longDay(value);
    case "signed": {
      const text = decimal(value * quantity.factor, quantity.digits);
      return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
    }
    default: return decimal(value * quantity.factor, quantity.digits);
  }
}

function withUnit(quantity, value) {
  return write(quantity, value) + (quantity.unit ? `\u00a0${quantity.unit}` : "");
}
