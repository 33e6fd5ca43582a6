/** Makes the browser another learner's, and begins anew at the first page. */
export default function ({ data: [header] }) {
  fetch(`${appRoot()}api/newcomer`, { method: "POST", headers: { [header]: "" } })
    .then(({ ok }) => ok && location.assign(appRoot()));
}
