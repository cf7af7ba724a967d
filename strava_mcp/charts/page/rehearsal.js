// A small example, and its unseen drawing.

function example() {
  const number = { kind: "number", unit: "km", factor: 1, digits: 2 };
  const values = [0, 1, 2, 3];
  const panel = (name, ...marks) => ({
    name, quantity: number, color: "pace", domain: [0, 3], ticks: [{ at: 1, label: "4:00" }, { at: 3, label: "160" }], marks,
    height: 1, aside: "avg 4:31\u00a0/km", mean: 1, bands: [{ label: "Z3", low: 0, high: 3 }],
  });
  const mark = (kind, name) => ({ kind, name, values, color: "pace" });
  return {
    view: "activity", title: "Run \u6771 \ud83c\udfc5", heading: "Heart rate",
    subtitle: "Sun 27 Sep 2026, 08:26 \u00b7 \u2013", notes: ["A note."],
    facts: [{ label: "Distance", value: "0123456789.", unit: "km" }, { label: "Moving time", value: "1:35" }],
    axis: { kind: "length", quantity: number, domain: [0, 3], values },
    tabs: [
      { label: "Run", panels: [panel("Pace", mark("line", "Now"), mark("bars", "Then")), panel("Altitude", mark("area"))] },
      { label: "Ride", panels: [] },
    ],
    map: { tracks: [{ points: [[0, 0], [1, 1]] }], scale: [1, "1 km"], has_ends: true },
    strip: [{ low: 0, high: 3, label: "Lap", level: 1 }],
    steps: { metres: values, seconds: values },
  };
}

// The first use of each font (names have emoji and other scripts), style and function takes
// milliseconds. They pass while the data is on its way: a small example is drawn and laid out, and
// removed before the browser paints.
function rehearse() {
  display(example());
  main.getBoundingClientRect();
  say(DRAWING);
}
