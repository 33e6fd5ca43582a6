// What the components of the page Understand know of each other.

/** The index of the epoch looked at (as the scrubber says), and the parcels by name. Tells of "epoch" and "parcel". */
function shared() {
  window.trendlabUnderstand ||= Object.assign(new EventTarget(), { epoch: null, parcels: new Map() });
  return window.trendlabUnderstand;
}

function tell(name) {
  shared().dispatchEvent(new Event(name));
}
