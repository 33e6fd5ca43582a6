// State shared by the components of the Understand page.

/** The index of the current epoch (set by the scrubber), and the parcels by name. Emits "epoch" and "parcel". */
function shared() {
  window.trendlabUnderstand ||= Object.assign(new EventTarget(), { epoch: null, parcels: new Map() });
  return window.trendlabUnderstand;
}

function emit(name) {
  shared().dispatchEvent(new Event(name));
}
