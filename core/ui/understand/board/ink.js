// The ink: strokes as lists of points from 0 to 1, drawn for the reader and, at low resolution, for the network.

const BRUSH = 0.085; // of the side; about as thick as handwriting in the data
const CELLS = 12; // per side of the keyboard grid
const MIN_MOVE = 0.004;

class Ink {
  constructor() {
    this.strokes = [];
    this.cursor = { row: 0, column: CELLS / 2 };
  }

  begin(x, y) {
    this.strokes.push([[x, y]]);
  }

  /** Extend the stroke; returns whether it has grown. */
  extend(x, y) {
    const stroke = this.strokes[this.strokes.length - 1];
    const [lastX, lastY] = stroke[stroke.length - 1];
    if (Math.hypot(x - lastX, y - lastY) < MIN_MOVE) return false;
    stroke.push([x, y]);
    return true;
  }

  draw(canvas, side) {
    if (canvas.width !== side) canvas.width = canvas.height = side;
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.fillStyle = "black";
    context.fillRect(0, 0, side, side);
    context.strokeStyle = "white";
    context.lineWidth = BRUSH * side;
    context.lineCap = context.lineJoin = "round";
    for (const stroke of this.strokes) {
      context.beginPath();
      context.moveTo(stroke[0][0] * side, stroke[0][1] * side);
      for (const [x, y] of stroke) context.lineTo(x * side, y * side);
      context.stroke();
    }
    return context;
  }

  /** One byte per pixel, bright on black. */
  bytes(side) {
    const { data } = this.draw(document.createElement("canvas"), side).getImageData(0, 0, side, side);
    return Uint8Array.from({ length: side * side }, (_, at) => data[4 * at]);
  }

  /** The position of the keyboard cursor. */
  get place() {
    return [(this.cursor.column + 0.5) / CELLS, (this.cursor.row + 0.5) / CELLS];
  }

  moveCursor(right, down) {
    const within = (cell) => Math.max(0, Math.min(CELLS - 1, cell));
    this.cursor = { row: within(this.cursor.row + down), column: within(this.cursor.column + right) };
  }
}
