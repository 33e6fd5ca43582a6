// The status line, the progress bar, announcements, and the two tools.

const FINAL_STATES = ["finished", "stopped", "diverged", "failed", "outdated", "deleted"];

/** 4980 as "4 980", with a narrow no-break space. */
function number(value, digits = 0) {
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return value.toLocaleString("en-US", options).replace(/,/g, "\u202f");
}

function duration(texts, seconds) {
  if (seconds < 10) return fill(texts["time.s"], { s: number(seconds, 1) });
  if (seconds < 90) return fill(texts["time.s"], { s: number(seconds) });
  const whole = Math.round(seconds);
  return fill(texts["time.min"], { min: number(Math.floor(whole / 60)), s: whole % 60 });
}

function stateText(texts, state) {
  if (state.waiting) return texts.waiting;
  const facts = { step: number(state.finding_step || state.step || 0) };
  return fill(texts[`state.${state.state}`] || texts["state.connecting"], facts);
}

function epochText(texts, epoch, totalSteps, stepsPerEpoch) {
  return fill(texts["part.epoch"], { epoch: number(epoch), epochs: number(Math.round(totalSteps / stepsPerEpoch)) });
}

function accuracyText(texts, { val_accuracy }) {
  return fill(texts.result, { percent: `${number(val_accuracy * 100, 1)}%` });
}

/** The text of the status line. `recorded` marks a run that was trained before. */
function sentence(texts, state, recorded) {
  const parts = [stateText(texts, state), ...progressParts(texts, state), ...companyParts(texts, state)];
  parts.push(findingText(texts, state), recorded && texts.recorded);
  return parts.filter(Boolean).join(texts.separator);
}

function progressParts(texts, { state, step, epoch, total_steps, steps_per_epoch, images_per_s, left_s }) {
  const parts = [];
  if (step) {
    parts.push(epochText(texts, Math.max(1, Math.ceil(epoch)), total_steps, steps_per_epoch));
    parts.push(fill(texts["part.step"], { step: number(step) }));
  }
  if (state === "training" && images_per_s) parts.push(fill(texts["part.speed"], { speed: number(images_per_s) }));
  if (state === "training" && left_s) parts.push(fill(texts["part.left"], { time: duration(texts, left_s) }));
  return parts;
}

function companyParts(texts, { state, place, shared }) {
  const parts = [];
  if (place) parts.push(fill(texts["part.place"], { place: number(place) }));
  if (shared > 1 && !FINAL_STATES.includes(state)) parts.push(fill(texts["part.shared"], { shared: number(shared) }));
  return parts;
}

function findingText(texts, { state, finding, finding_step }) {
  const isEarly = finding === "flat" && !FINAL_STATES.includes(state); // many good runs stay flat for a while
  const found = texts[`finding.${finding}`];
  return found && !isEarly ? fill(found, { step: number(finding_step || 0) }) : "";
}

class StatusLine {
  constructor(root) {
    this.line = root.querySelector(".tl-status");
    this.bar = root.querySelector(".tl-progress");
    this.announcement = root.querySelector(".tl-announcement");
  }

  show(text, share) {
    const percent = Math.round(Math.min(1, share || 0) * 1000) / 10;
    if (this.line.textContent !== text) this.line.textContent = text;
    this.bar.setAttribute("aria-valuenow", percent);
    this.bar.firstElementChild.style.transform = `scaleX(${percent / 100})`;
  }

  announce(text) {
    if (this.announcement.textContent !== text) this.announcement.textContent = text;
  }
}

/** The smoothing slider and the log switch. `choice` belongs to the caller and is modified in place. */
class Tools {
  constructor(root, choice, onChange) {
    this.slider = root.querySelector(".tl-tools input");
    this.output = root.querySelector(".tl-tools output");
    this.button = root.querySelector(".tl-tools button");
    this.choice = choice;
    this.slider.oninput = () => this.choose({ smoothing: Number(this.slider.value) }, onChange);
    this.button.onclick = () => this.choose({ logScale: !choice.logScale }, onChange);
    this.show();
  }

  choose(change, onChange) {
    Object.assign(this.choice, change);
    this.show();
    onChange(change);
  }

  show() {
    this.slider.value = this.choice.smoothing;
    this.output.textContent = this.choice.smoothing.toFixed(2);
    this.button.setAttribute("aria-pressed", this.choice.logScale);
  }
}
