// Every piece of text in view: [{text, left, right, top, bottom, frame, color, size, name}], in pixels.
const pieces = [];
const isShown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const node = walker.currentNode;
  const element = node.parentElement;
  if (!node.data.trim() || element.closest("title, script, style") || !isShown(element)) continue;
  const drawing = element.closest("svg");
  const frame = (drawing || document.documentElement).getBoundingClientRect();
  const style = getComputedStyle(element);
  const range = document.createRange();
  range.selectNodeContents(node);
  for (const box of drawing ? [element.getBoundingClientRect()] : range.getClientRects()) {
    if (!box.width) continue;
    pieces.push({
      text: node.data, left: box.left, right: box.right, top: box.top, bottom: box.bottom, name: element.getAttribute("class"),
      frame: [frame.left, frame.top, frame.right, drawing ? frame.bottom : Infinity],
      color: drawing ? style.fill : style.color, size: parseFloat(style.fontSize),
    });
  }
}
return pieces;
