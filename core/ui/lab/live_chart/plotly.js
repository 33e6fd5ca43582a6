// Plotly, once for all components that draw with it; needs app_root.js.

const loading = new Map(); // address -> promise of Plotly

/** `path` is below the app's root. What could not be loaded may be asked for again: by another address, as Firefox keeps a
 * failure for as long as the page is open. */
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
