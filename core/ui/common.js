// Shared by all components, each of which is a separate module.

/** A text with its {placeholders} filled in. */
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

/** Fill each element of the frame that has `data-text` with that text. */
function putTexts(root, texts) {
  for (const each of root.querySelectorAll("[data-text]")) each.textContent = texts[each.dataset.text];
}

/** Make the buttons shown in a toolbar one tab stop, with arrow keys to move between them. Call after each change of the
 * buttons. */
function oneStop(bar) {
  const buttons = [...bar.querySelectorAll("button:not([hidden])")];
  const stop = (chosen) => buttons.forEach((each) => { each.tabIndex = each === chosen ? 0 : -1; });
  const focused = bar.getRootNode().activeElement;
  stop(buttons.includes(focused) ? focused : buttons.find((each) => each.getAttribute("aria-pressed") === "true") || buttons[0]);
  bar.onkeydown = (event) => {
    const at = buttons.indexOf(event.target.closest("button"));
    const columns = buttons.filter((each) => each.offsetTop === buttons[0].offsetTop).length;
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -at, End: buttons.length - 1 - at };
    if (at < 0 || !(event.key in steps)) return;
    event.preventDefault();
    const next = buttons[at + steps[event.key]];
    if (!next) return;
    stop(next);
    next.focus();
  };
}

/** Decode base64. */
function bytes(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

/**
 * A component that keeps an object of class `Kind` for each of its elements: constructed with the frame's root, updated
 * at each page run by `update(data, component)`, and finally destroyed by `destroy()`, if it has that method.
 */
function lasting(Kind, selector) {
  const kept = new WeakMap(); // element -> object
  return function (component) {
    const { parentElement, data: [data] } = component;
    const root = parentElement.querySelector(selector);
    let one = kept.get(parentElement);
    if (one && one.root !== root) one.destroy?.();
    if (!one || one.root !== root) one = new Kind(root, data);
    kept.set(parentElement, one);
    one.update(data, component);
    return () => {
      one.destroy?.();
      kept.delete(parentElement);
    };
  };
}
