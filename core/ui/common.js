// What the components have in common. Each of them is a module of its own.

/** A text with its {places} filled in. */
function fill(text, facts) {
  return text.replace(/\{(\w+)\}/g, (place, name) => (name in facts ? facts[name] : place));
}

function percent(share) {
  return `${Math.round(100 * share)}%`;
}

/** A new element with attributes and children. */
function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Each element of the frame with a `data-text` says that text. */
function putTexts(root, texts) {
  for (const each of root.querySelectorAll("[data-text]")) each.textContent = texts[each.dataset.text];
}

/** What was sent in base 64. */
function bytes(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
