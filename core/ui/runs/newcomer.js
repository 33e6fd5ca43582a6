/** Switches the browser to a new learner, and restarts at the first page, in all its tabs (document.js). */
export default function ({ parentElement, data: [{ header, failed }] }) {
  const told = parentElement.querySelector("p");
  told.textContent = "";
  fetch(`${appRoot()}api/newcomer`, { method: "POST", headers: { [header]: "" } })
    .catch(() => ({ ok: false }))
    .then(({ ok }) => {
      if (!ok) return (told.textContent = failed);
      location.assign(appRoot());
      localStorage.setItem("trendlab_newcomer", Date.now());
    });
}
