"""Live data for the browser: one event stream per page, fed by what the engine commits."""
