// The answers of all epochs, as sent by the server.

/** Images with pictures have places 0, 1, …; `numbers` are their numbers among all validation images. */
class Answers {
  constructor(parcel) {
    Object.assign(this, { name: parcel.name, counts: parcel.counts, numbers: parcel.numbers });
    this.numImages = parcel.numImages;
    this.truths = bytes(parcel.truths);
    this.predicted = bytes(parcel.predicted);
    this.confidence = bytes(parcel.confidence);
    this.places = [...this.numbers.keys()];
  }

  get numEpochs() {
    return this.counts.length;
  }

  /** The prediction of an epoch's network for an image, and its probability: the middle of its half percent. */
  answer(epoch, place) {
    const at = epoch * this.numbers.length + place;
    return { taken: this.predicted[at], share: Math.min(1, (this.confidence[at] + 0.5) / 200) };
  }

  /** The images in a cell, or all misclassified ones, most confident first. */
  found(epoch, cell) {
    const isWanted = cell
      ? (truth, taken) => truth === cell.truth && taken === cell.taken
      : (truth, taken) => truth !== taken;
    return this.places
      .map((place) => ({ place, truth: this.truths[place], ...this.answer(epoch, place) }))
      .filter(({ truth, taken }) => isWanted(truth, taken))
      .sort((one, other) => other.share - one.share);
  }
}
