"""Points on their way to the browser: one event stream a page, fed by what the engine writes down."""
