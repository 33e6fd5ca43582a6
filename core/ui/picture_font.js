// The picture of a chart is drawn as an image by itself, and an image knows no font but those it contains.

const PAGE_FONT = /^["']?Source Sans["']?$/;
const SVG = "http://www.w3.org/2000/svg";
let fontRule; // with the font inside

/** The first click on a chart's button waits until the font has come, most often from the browser's cache. */
addEventListener("click", fetchFont, true);
async function fetchFont(event) {
  const button = event.composedPath().find((each) => each.matches?.(".modebar-btn"));
  if (!button || fontRule !== undefined) return;
  event.stopPropagation();
  fontRule = await containedFont().catch(() => "");
  button.click();
}

async function containedFont() {
  const { style, parentStyleSheet } = pageRules().find(isPageFont);
  const [, address] = style.getPropertyValue("src").match(/url\("?([^")]+)/);
  const file = await fetch(new URL(address, parentStyleSheet.href || document.baseURI));
  const data = await dataUrl(await file.blob());
  return `@font-face { font-family: "Source Sans"; font-weight: 100 900; src: url(${data}); }`;
}

function pageRules() {
  const sheets = [...document.styleSheets].filter(({ href }) => !href || new URL(href).origin === location.origin);
  return sheets.flatMap(({ cssRules }) => [...cssRules]);
}

function isPageFont(rule) {
  if (!(rule instanceof CSSFontFaceRule)) return false;
  return PAGE_FONT.test(rule.style.getPropertyValue("font-family")) && !/italic/.test(rule.style.fontStyle);
}

function dataUrl(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = reject;
    reader.readAsDataURL(blob);
  });
}

/** To make a picture, Plotly puts a copy of the chart at the end of the document for a moment. */
const copies = new MutationObserver((changes) => {
  const added = changes.flatMap(({ addedNodes }) => [...addedNodes]);
  added.filter((node) => node.matches?.(".js-plotly-plot")).forEach(giveFont);
});
copies.observe(document.body, { childList: true });

function giveFont(copy) {
  const style = document.createElementNS(SVG, "style");
  style.textContent = fontRule;
  copy.querySelector(".main-svg").append(style);
  style.sheet.disabled = true; // the page has the font already
}
