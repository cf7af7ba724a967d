// Elements without markup: attributes and text nodes only, so that no name can become an element.
const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const name in attributes) {
    const value = attributes[name];
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

const html = (name, attributes, ...children) => fill(document.createElement(name), attributes, children);
const svg = (name, attributes, ...children) => fill(document.createElementNS(SVG, name), attributes, children);

const round = (value) => Math.round(value * 10) / 10;

// The path through the points; it breaks at gaps (null).
function pathOf(points) {
  let path = "";
  let pen = "M";
  for (const point of points) {
    if (!point) {
      pen = "M";
      continue;
    }
    path += `${pen}${round(point[0])} ${round(point[1])}`;
    pen = "L";
  }
  return path;
}

const pen = document.createElement("canvas").getContext("2d");
let penFont = ""; // setting it takes longer than measuring

// The width of a text in the page's font, in pixels.
function widthOf(text, size = RULES.tick_size, weight = 400) {
  if (!text) return 0;
  const font = `${weight} ${size}px ${app.font}`;
  if (font !== penFont) {
    pen.font = font;
    penFont = font;
  }
  return pen.measureText(text).width;
}

// The first use of a font takes milliseconds, which pass while the data is on its way.
function prepareFonts() {
  app.font = getComputedStyle(main).fontFamily;
  for (const [size, weight] of [[RULES.tick_size, 400], [12, 400], [RULES.label_size, 600]]) {
    widthOf("Heart rate 0123456789 : . /km", size, weight);
  }
}
