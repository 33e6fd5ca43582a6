// The data that the stream has sent for each run, and the arrays for the charts' traces.

/** One run: the buckets of its loss curve, its epochs and its last state. */
class Curve {
  constructor() {
    this.state = null;
    this.complete = false; // whether all data have arrived
    this.forget();
  }

  forget() {
    this.k = 0;
    this.buckets = []; // {first, mean, min, max}, each of 2^k steps, by their first step
    this.epochs = [];
  }

  /** Add buckets; one that is already known has grown and is replaced. */
  addPoints({ k, points }) {
    if (k > this.k) this.coarsen(k);
    for (const [first, mean, min = mean, max = mean] of points) {
      upsert(this.buckets, { first, mean, min, max }, "first");
    }
  }

  addEpoch(epoch) {
    upsert(this.epochs, epoch, "epoch");
  }

  get lastStep() {
    const { buckets, epochs } = this;
    const ends = [buckets.length && buckets[buckets.length - 1].first + 1, epochs.length && epochs[epochs.length - 1].step];
    return Math.max(0, ...ends);
  }

  /** An extended run is sent in wider buckets from some step on; merge the earlier ones to the same width. */
  coarsen(k) {
    const groups = new Map();
    for (const bucket of this.buckets) {
      const first = bucket.first - (bucket.first % 2 ** k);
      groups.set(first, [...(groups.get(first) || []), bucket]);
    }
    this.buckets = Array.from(groups, ([first, parts]) => joined(first, parts));
    this.k = k;
  }
}

function joined(first, parts) {
  const whole = parts.filter((part) => part.mean !== null);
  if (!whole.length) return { first, mean: null, min: null, max: null };
  return {
    first,
    mean: whole.reduce((sum, part) => sum + part.mean, 0) / whole.length,
    min: Math.min(...whole.map((part) => part.min)),
    max: Math.max(...whole.map((part) => part.max)),
  };
}

function upsert(list, item, order) {
  let place = list.length;
  while (place > 0 && list[place - 1][order] > item[order]) place -= 1;
  const known = place > 0 && list[place - 1][order] === item[order];
  if (known) list[place - 1] = item;
  else list.splice(place, 0, item);
}

/** Exponential moving average without initial bias: the weights always add up to one. */
function smooth(values, weight) {
  let mean = 0;
  let bias = 1;
  return values.map((value) => {
    if (value === null) return null;
    mean = weight * mean + (1 - weight) * value;
    bias *= weight;
    return mean / (1 - bias);
  });
}

// name of a series -> (run, curve, {smoothing, limit}) -> the arrays of its trace. `limit` is the last step to show.
const SERIES = {
  loss_range: rangeSeries,
  loss_raw: lossSeries,
  loss_smooth: (run, curve, view) => {
    const { x, y, customdata } = lossSeries(run, curve, view);
    return { x, y: smooth(y, view.smoothing), customdata };
  },
  val_loss: epochSeries("val_loss"),
  train_accuracy: epochSeries("train_accuracy"),
  val_accuracy: epochSeries("val_accuracy"),
};

function lossSeries(run, curve, { limit }) {
  const buckets = curve.buckets.filter((bucket) => bucket.first <= limit);
  return {
    x: buckets.map((bucket) => middleEpoch(run, curve, bucket)),
    y: buckets.map((bucket) => bucket.mean),
    customdata: buckets.map((bucket) => bucket.first + 1), // steps are shown from 1 on
  };
}

/** The outline of the band between minimum and maximum loss: along the top and back below. */
function rangeSeries(run, curve, { limit }) {
  if (curve.k === 0) return { x: [], y: [], customdata: [] };
  const buckets = curve.buckets.filter((bucket) => bucket.first <= limit && bucket.min !== null);
  const x = buckets.map((bucket) => middleEpoch(run, curve, bucket));
  const top = buckets.map((bucket) => bucket.max);
  const bottom = buckets.map((bucket) => bucket.min).reverse();
  return { x: x.concat([...x].reverse()), y: top.concat(bottom), customdata: [] };
}

function epochSeries(name) {
  return (run, curve, { limit }) => {
    const epochs = curve.epochs.filter((epoch) => epoch.step <= limit);
    return {
      x: epochs.map((epoch) => epoch.step / run.stepsPerEpoch),
      y: epochs.map((epoch) => epoch[name]),
      customdata: epochs.map((epoch) => epoch.step),
    };
  };
}

/** Epochs done at the middle of a bucket; the last bucket may be cut short by the run's end. */
function middleEpoch(run, curve, bucket) {
  const middle = bucket.first + (2 ** curve.k - 1) / 2;
  return Math.min(middle, Math.max(bucket.first, run.totalSteps - 1)) / run.stepsPerEpoch;
}
