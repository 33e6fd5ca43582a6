// What the network sees, and what it says, as elements of the page.

const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name]);
const inBase64 = (bytes) => btoa(String.fromCharCode(...bytes));
const fromBase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const percent = (share) => `${Math.round(100 * share)}%`;

function bar(name, share, isMost) {
  const row = document.createElement("li");
  if (isMost) row.className = "most";
  const [label, track, number] = ["span", "div", "span"].map((tag) => row.appendChild(document.createElement(tag)));
  label.textContent = name;
  track.appendChild(document.createElement("div")).style.width = percent(share);
  number.textContent = percent(share);
  return row;
}

function paint(canvas, pixels) {
  const context = canvas.getContext("2d");
  const image = context.createImageData(24, 24);
  pixels.forEach((value, at) => image.data.set([value, value, value, 255], 4 * at));
  context.putImageData(image, 0, 0);
}
