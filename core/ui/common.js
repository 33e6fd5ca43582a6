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

/** The buttons shown in a toolbar are one stop of the Tab key; arrow keys lead from one to another. To be called after each
 * change of them. */
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

/** What was sent in base 64. */
function bytes(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

/**
 * A component that keeps an object of the class `Kind` for each of its elements: made for the frame's root, told of each
 * run of the page by `update(data, component)`, and of the end by `destroy()`, if it has that.
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
