// Plotly, loaded once for all components that use it; needs app_root.js.

const loading = new Map(); // address -> promise of Plotly

/** `path` is relative to the app's root. A failed load can be retried, under a different address, as Firefox caches the
 * failure while the page is open. */
function loadPlotly(path) {
  const url = appRoot() + path;
  if (!loading.has(url)) {
    const plotly = import(url)
      .catch(() => import(`${url}?again=${Date.now()}`))
      .then((module) => module.default);
    plotly.catch(() => loading.delete(url));
    loading.set(url, plotly);
  }
  return loading.get(url);
}
