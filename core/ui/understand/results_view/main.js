// The results of a run: everything that follows the scrubber without asking the server.

class View {
  constructor(root) {
    const part = (name) => root.querySelector(`.tl-${name}`);
    Object.assign(this, { root, part });
    this.matrix = new Matrix(part("matrix"), (cell) => this.chooseCell(cell));
    this.tiles = new Tiles(part("tiles"), (number) => this.setTriggerValue("image", number));
    this.course = new Course(part("course"));
    this.classes = new Classes(part("classes"));
    part("counted").onclick = () => this.setTriggerValue("shares", !this.data.isShares);
    part("back").onclick = () => this.chooseCell(null);
    this.onNews = () => this.want();
    for (const name of ["epoch", "parcel"]) shared().addEventListener(name, this.onNews);
    this.sizes = new ResizeObserver(() => this.course.resize());
    this.sizes.observe(part("course"));
  }

  update(data, { setTriggerValue }) {
    Object.assign(this, { data, setTriggerValue });
    this.root.lang = data.lang;
    putTexts(this.root, data.texts);
    this.cell = parsedCell(data.cell);
    this.part("counted").setAttribute("aria-pressed", data.isShares);
    const { names, numClasses, numColumns } = data;
    this.matrix.setNames(names.slice(0, numColumns), numClasses, data.texts);
    this.classes.setNames(names.slice(0, numClasses), data.texts);
    this.course.set(data);
    this.part("picture").style.backgroundImage = `url(${data.image.picture})`;
    this.want();
  }

  destroy() {
    cancelAnimationFrame(this.frame);
    for (const name of ["epoch", "parcel"]) shared().removeEventListener(name, this.onNews);
    this.sizes.disconnect();
    this.tiles.release();
  }

  chooseCell(cell) {
    this.cell = cell;
    this.want();
    this.setTriggerValue("cell", cell ? `${cell.truth}-${cell.taken}` : "");
  }

  /** Draw in the next frame, once for all changes until then. */
  want() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.draw());
  }

  draw() {
    const { parcels } = shared();
    const [parcel, pictures] = [parcels.get(this.data.answers), parcels.get(this.data.pictures)];
    if (!parcel || !pictures) return; // not here yet
    if (!this.answers || this.answers.name !== parcel.name) this.answers = new Answers(parcel);
    this.tiles.setPictures(pictures);
    const { epoch: scrubbed } = shared();
    const epoch = Math.min(scrubbed == null ? this.data.at : scrubbed, this.answers.numEpochs - 1);
    const counts = this.answers.counts[epoch];
    this.matrix.draw(counts, this.cell, this.data.isShares);
    this.classes.draw(counts);
    this.drawTiles(epoch, counts);
    this.drawImage(epoch);
    this.root.dataset.epoch = epoch;
  }

  drawTiles(epoch, counts) {
    const { names, texts, image } = this.data;
    const { cell, answers } = this;
    const found = answers.found(epoch, cell);
    const shown = this.tiles.draw(found, answers, names, texts, image.number);
    const every = cell ? counts[cell.truth][cell.taken] : answers.numImages - trace(counts);
    const title = !cell ? texts.mistakes : cell.truth === cell.taken ? texts.right_ones : texts.taken_ones;
    const facts = cell ? { truth: names[cell.truth], taken: names[cell.taken] } : {};
    this.part("tiles-title").textContent = fill(title, facts);
    this.part("tiles-hint").textContent = tilesHint(texts, shown, found.length, every);
    this.part("back").hidden = !cell;
  }

  drawImage(epoch) {
    const { names, texts, image } = this.data;
    const shares = image.shares[Math.min(epoch, image.shares.length - 1)];
    const taken = image.taken[Math.min(epoch, image.taken.length - 1)];
    const facts = { number: image.number + 1, truth: names[image.truth], taken: names[taken] };
    const text = taken === image.truth ? texts.image_right : texts.image_wrong;
    const sentence = fill(text, { ...facts, percent: percent(shares[taken]), lost: percent(shares[image.truth]) });
    this.part("image-text").textContent = sentence;
    this.part("picture").setAttribute("aria-label", fill(texts.image_alt, facts));
    this.course.mark(epoch);
  }
}

function parsedCell(text) {
  const [truth, taken] = text.split("-").map(Number);
  return text ? { truth, taken } : null;
}

function trace(counts) {
  return counts.reduce((sum, row, at) => sum + row[at], 0);
}

function tilesHint(texts, shown, found, every) {
  let text = texts.some_tiles;
  if (!every) text = texts.no_tiles;
  else if (shown === every) text = texts.all_tiles;
  else if (shown === found) text = texts.unsent_tiles;
  return fill(text, { shown, every });
}

export default lasting(View, ".tl-results");
