// The network's input and its answer, as elements of the page.

function bar(name, share, isMost) {
  const filled = make("div");
  filled.style.width = percent(share);
  const parts = [make("span", {}, name), make("div", {}, filled), make("span", {}, percent(share))];
  return make("li", isMost ? { class: "most" } : {}, ...parts);
}

function paint(canvas, pixels) {
  const context = canvas.getContext("2d");
  const image = context.createImageData(24, 24);
  pixels.forEach((value, at) => image.data.set([value, value, value, 255], 4 * at));
  context.putImageData(image, 0, 0);
}
