// Plotly, once for all components that draw with it; needs app_root.js.

const loading = new Map(); // address -> promise of Plotly

/** `path` is below the app's root. */
function loadPlotly(path) {
  const url = appRoot() + path;
  if (!loading.has(url)) loading.set(url, import(url).then((module) => module.default));
  return loading.get(url);
}
