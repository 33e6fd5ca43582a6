const PAPER_PX = 680; // what A4 and Letter have room for between their margins
const BESIDE_PX = { ".tl-player": 400, ".tl-live": 470 }; // and beside the text or the sidebar

const plots = () => document.querySelectorAll(".js-plotly-plot .svg-container");
addEventListener("beforeprint", () => plots().forEach(fit));
addEventListener("afterprint", () => plots().forEach((plot) => plot.style.removeProperty("zoom")));

/** A chart is laid out for the window, and on paper it keeps that width. */
function fit(plot) {
  const beside = Object.keys(BESIDE_PX).find((each) => plot.closest(each));
  plot.style.zoom = Math.min(1, (BESIDE_PX[beside] || PAPER_PX) / plot.clientWidth);
}

// Another tab made the browser another learner's; this one's session is still of the one before.
addEventListener("storage", ({ key }) => key === "trendlab_newcomer" && location.assign(appRoot()));

export default function ({ data: [language] }) {
  document.documentElement.lang = language;
  if (!navigator.clipboard) Object.defineProperty(navigator, "clipboard", { value: { writeText } });
}

async function writeText(text) {
  const field = document.createElement("textarea");
  const focused = document.activeElement;
  field.value = text;
  field.style = "position: fixed; opacity: 0";
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  focused?.focus({ preventScroll: true });
  if (!isCopied) throw new Error("the browser copies nothing");
}
