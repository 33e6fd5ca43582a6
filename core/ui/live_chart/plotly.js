// Plotly, once for all components that draw with it, and where the app's own addresses begin.

const loading = new Map(); // address -> promise of Plotly

/** `path` is below the app's root. */
function loadPlotly(path) {
  const url = appRoot() + path;
  if (!loading.has(url)) loading.set(url, import(url).then((module) => module.default));
  return loading.get(url);
}

/** Where the app lives, whichever page of it is open: below it are both its assets and our addresses. */
function appRoot() {
  const configured = window.__streamlit && window.__streamlit.BACKEND_BASE_URL;
  if (configured) return configured.replace(/([^/])$/, "$1/");
  const script = document.querySelector('script[type="module"][src*="static/js/"]');
  const root = script && new URL("../../", script.src);
  return root && root.origin === location.origin ? root.href : new URL(".", document.baseURI).href;
}
