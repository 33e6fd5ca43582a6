export default function ({ parentElement }) {
  parentElement.dispatchEvent(new MouseEvent("mousedown", { bubbles: true, composed: true }));
}
