// Stores data from the server where other components find them.

const kept = new WeakMap(); // element -> name of its parcel

export default function ({ parentElement, data: [parcel] }) {
  const { parcels } = shared();
  const before = kept.get(parentElement);
  if (before !== parcel.name) {
    parcels.delete(before);
    parcels.set(parcel.name, parcel);
    kept.set(parentElement, parcel.name);
    emit("parcel");
  }
  return () => {
    parcels.delete(kept.get(parentElement));
    kept.delete(parentElement);
  };
}
