// What the components of the page Understand have in common. Each of them is a module of its own.

/** The index of the epoch looked at (as the scrubber says), and the parcels by name. Tells of "epoch" and "parcel". */
function shared() {
  window.trendlabUnderstand ||= Object.assign(new EventTarget(), { epoch: null, parcels: new Map() });
  return window.trendlabUnderstand;
}

function tell(name) {
  shared().dispatchEvent(new Event(name));
}

/** A text with its {places} filled in. */
function fill(text, facts) {
  return text.replace(/\{(\w+)\}/g, (place, name) => (name in facts ? facts[name] : place));
}

function percent(share) {
  return `${Math.round(100 * share)}%`;
}

/** A new element with properties, attributes (names with a dash, or `role`) and children. */
function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role" || name === "scope") made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children);
  return made;
}

function say(root, texts) {
  for (const each of root.querySelectorAll("[data-text]")) each.textContent = texts[each.dataset.text];
}
