export default function ({ data: [language] }) {
  document.documentElement.lang = language;
  if (!navigator.clipboard) Object.defineProperty(navigator, "clipboard", { value: { writeText } });
}

async function writeText(text) {
  const field = document.createElement("textarea");
  const focused = document.activeElement;
  field.value = text;
  field.style = "position: fixed; opacity: 0";
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  focused?.focus({ preventScroll: true });
  if (!isCopied) throw new Error("the browser copies nothing");
}
