/** Where the app lives, whichever page of it is open: below it are both its assets and our addresses. */
function appRoot() {
  const configured = window.__streamlit && window.__streamlit.BACKEND_BASE_URL;
  if (configured) return configured.replace(/([^/])$/, "$1/");
  const script = document.querySelector('script[type="module"][src*="static/js/"]');
  const root = script && new URL("../../", script.src);
  return root && root.origin === location.origin ? root.href : new URL(".", document.baseURI).href;
}
