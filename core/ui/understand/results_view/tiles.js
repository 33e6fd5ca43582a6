// Images side by side, each a button that selects it.

const MAX_TILES = 48;
const SIDE_PX = 24;
const TIMES = 2;

class Tiles {
  constructor(box, onChoose) {
    Object.assign(this, { box, buttons: [] });
    box.onclick = ({ target }) => {
      const button = target.closest("button");
      if (button) onChoose(Number(button.dataset.number));
    };
  }

  /** A parcel with the picture of each place. */
  setPictures(parcel) {
    if (this.name === parcel.name) return;
    this.name = parcel.name;
    this.columns = parcel.columns;
    this.release();
    this.address = URL.createObjectURL(new Blob([bytes(parcel.url.split(",")[1])], { type: "image/png" }));
    this.box.style.setProperty("--sprite", `url(${this.address})`);
    this.box.style.setProperty("--sprite-width", `${parcel.columns * SIDE_PX * TIMES}px`);
  }

  draw(found, answers, names, texts, chosen) {
    const shown = found.slice(0, MAX_TILES);
    while (this.buttons.length < shown.length) this.buttons.push(this.newButton());
    this.buttons.forEach((button, at) => {
      button.hidden = at >= shown.length;
      if (!button.hidden) this.fillIn(button, shown[at], answers, names, texts, chosen);
    });
    oneStop(this.box);
    return shown.length;
  }

  newButton() {
    const button = make("button", { type: "button", class: "tl-button" }, make("i"), make("span"), make("span"));
    this.box.append(button);
    return button;
  }

  fillIn(button, { place, truth, taken, share }, answers, names, texts, chosen) {
    const [picture, change, sure] = button.children;
    const number = answers.numbers[place];
    const [row, column] = [Math.floor(place / this.columns), place % this.columns];
    picture.style.backgroundPosition = [column, row].map((at) => `${-at * SIDE_PX * TIMES}px`).join(" ");
    const facts = { number: number + 1, truth: names[truth], taken: names[taken], percent: percent(share) };
    change.textContent = truth === taken ? names[truth] : `${names[truth]} → ${names[taken]}`;
    sure.textContent = facts.percent;
    button.dataset.number = number;
    button.setAttribute("aria-label", fill(texts.tile, facts));
    button.setAttribute("aria-pressed", number === chosen);
  }

  release() {
    if (this.address) URL.revokeObjectURL(this.address);
  }
}
