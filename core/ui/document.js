const PAPER_PX = 680; // fits between the margins of A4 and Letter
const BESIDE_PX = { ".tl-player": 400, ".tl-live": 470 }; // next to text or the sidebar
const OPENER = "[data-testid=stPopoverButton]";
const BUTTON = "[data-testid=stButton] button";

const plots = () => document.querySelectorAll(".js-plotly-plot .svg-container");
addEventListener("beforeprint", () => plots().forEach(fit));
addEventListener("beforeprint", () => {
  const { colorScheme } = getComputedStyle(document.querySelector(".stApp"));
  document.documentElement.classList.toggle("tl-dark", colorScheme === "dark");
});
addEventListener("afterprint", () => plots().forEach((plot) => plot.style.removeProperty("zoom")));

/** Resize charts for printing, as they would keep the width of the window. */
function fit(plot) {
  const beside = Object.keys(BESIDE_PX).find((each) => plot.closest(each));
  plot.style.zoom = Math.min(1, (BESIDE_PX[beside] || PAPER_PX) / plot.clientWidth);
}

// Another tab has switched the browser to the next learner; this tab's session still belongs to the one before.
addEventListener("storage", ({ key }) => key === "trendlab_newcomer" && location.assign(appRoot()));

// Streamlit lets a finger pan a chart with selectable points; let it scroll the page instead. A tap still selects.
addEventListener("touchstart", (event) => event.target.closest(".nsewdrag") && event.stopPropagation(), true);

/** A popover is at the end of the document: move the focus into one opened by keyboard, and back when it closes. */
addEventListener("click", leadIn, true);
function leadIn({ detail, target }) {
  const opener = target.closest(`${OPENER}[aria-expanded=false]`);
  if (detail || !opener) return;
  const key = opener.closest("[class*=st-key-]")?.className.match(/st-key-[\w-]+/)[0]; // the opener may be redrawn
  let popover;
  const watch = new MutationObserver(() => {
    if (popover?.isConnected) return;
    const hadOne = popover;
    popover = document.querySelector("[data-testid=stPopoverBody]");
    popover?.setAttribute("tabindex", -1);
    popover?.focus({ preventScroll: true });
    if (popover || !hadOne) return;
    watch.disconnect();
    if (document.activeElement === document.body) document.querySelector(`.${key} ${OPENER}`)?.focus();
  });
  watch.observe(document.body, { childList: true, subtree: true });
}

/** If a button pressed by keyboard disappears, move the focus to its replacement, or else to its dialog or the head. */
addEventListener("click", keepPlace, true);
let place;
function keepPlace({ detail, target }) {
  const button = target.closest(BUTTON);
  if (!button || (detail && !button.closest("[role=dialog]"))) return; // without the focus a dialog ignores Escape
  const before = new Set(document.querySelectorAll(BUTTON));
  place?.disconnect();
  place = new MutationObserver(() => {
    if (button.isConnected) return;
    place.disconnect();
    if (document.activeElement !== document.body) return;
    const dialog = document.querySelector("[role=dialog]"); // the button's, or the one below its popover
    if (detail && !dialog) return;
    const came = [...document.querySelectorAll(BUTTON)].find((each) => !before.has(each));
    const home = dialog || document.querySelector("h1");
    home?.setAttribute("tabindex", -1);
    (came || home)?.focus();
  });
  place.observe(document.body, { childList: true, subtree: true });
}

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
