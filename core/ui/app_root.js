/** The base URL of the app, whichever page is open; its assets and our API are below it. */
function appRoot() {
  const configured = window.__streamlit && window.__streamlit.BACKEND_BASE_URL;
  if (configured) return configured.replace(/([^/])$/, "$1/");
  const script = document.querySelector('script[type="module"][src*="static/js/"]');
  const root = script && new URL("../../", script.src);
  return root && root.origin === location.origin ? root.href : new URL(".", document.baseURI).href;
}
