// Images side by side with each run's prediction; each is a button that selects it.

const SIDE_PX = 24;
const TIMES = 2;
const prints = new WeakMap(); // element -> its content

export default function ({ parentElement, data: [data], setTriggerValue }) {
  const root = parentElement.querySelector(".tl-disagreements");
  root.onclick = ({ target }) => {
    const button = target.closest("button");
    if (button) setTriggerValue("image", Number(button.dataset.number));
  };
  const print = JSON.stringify(data);
  if (prints.get(root) === print) return;
  prints.set(root, print);
  const focused = root.querySelector("button:focus")?.dataset.number;
  root.lang = data.lang;
  root.setAttribute("aria-label", data.label);
  root.style.setProperty("--sprite", `url(${data.sprite})`);
  root.style.setProperty("--sprite-width", `${data.tiles.length * SIDE_PX * TIMES}px`);
  root.replaceChildren(...data.tiles.map((tile, place) => button(tile, place, data.chosen)));
  root.querySelector(`button[data-number="${focused}"]`)?.focus();
  oneStop(root);
}

function button({ number, label, truth, answers }, place, chosen) {
  const picture = make("i");
  picture.style.backgroundPosition = `${-place * SIDE_PX * TIMES}px 0`;
  const lines = answers.map(({ run, taken, isRight }) =>
    make("span", { class: isRight ? "right" : "wrong" }, `${run} ${isRight ? "✓" : "✗"} ${taken}`),
  );
  const attributes = { type: "button", "data-number": number, "aria-label": label, "aria-pressed": number === chosen };
  return make("button", attributes, picture, make("b", {}, truth), ...lines);
}
