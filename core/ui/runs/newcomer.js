/** Switches the browser to a new learner, and restarts at the first page, in all its tabs (document.js). */
export default function ({ parentElement, data: [{ header, failed }] }) {
  const message = parentElement.querySelector("p");
  message.textContent = "";
  fetch(`${appRoot()}api/newcomer`, { method: "POST", headers: { [header]: "" } })
    .catch(() => ({ ok: false }))
    .then(({ ok }) => {
      if (!ok) return (message.textContent = failed);
      location.assign(appRoot());
      localStorage.setItem("trendlab_newcomer", Date.now());
    });
}
