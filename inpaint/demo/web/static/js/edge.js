// The outline of the hole: white within dark, so that it is seen on any photo; moving dashes while it is filled.

const WHITE = 1.5; // CSS pixels
const DARK = 1; // around it
const DASH = 5;
const TURNS = Array.from({ length: 8 }, (_, turn) => (turn * Math.PI) / 4);

export class Edge {
  constructor() {
    this.phase = 0;
    this.layers = [new OffscreenCanvas(1, 1), new OffscreenCanvas(1, 1)];
  }

  // Draw the outline of what a canvas shows. `moving`: with dashes, which move from call to call.
  draw(context, shape, ratio, moving) {
    const dashes = moving ? this.#dashes(context, ratio) : "white";
    const [dark, white] = this.layers;
    spread(dark, shape, (WHITE + DARK) * ratio, "rgb(0 0 0 / .7)");
    spread(white, shape, WHITE * ratio, dashes);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(dark, 0, 0);
    context.drawImage(white, 0, 0);
    context.globalCompositeOperation = "destination-out";
    context.drawImage(shape, 0, 0);
    context.globalCompositeOperation = "source-over";
  }

  #dashes(context, ratio) {
    this.phase = (this.phase + 2) % (2 * DASH);
    const side = 2 * DASH * ratio;
    const tile = new OffscreenCanvas(side, side);
    const drawing = tile.getContext("2d");
    const pixels = drawing.createImageData(tile.width, tile.height);
    new Uint32Array(pixels.data.buffer).forEach((_, i, all) => {
      const place = (i % tile.width) + Math.floor(i / tile.width) + this.phase * ratio;
      all[i] = place % side < side / 2 ? 0xffffffff : 0xff000000;
    });
    drawing.putImageData(pixels, 0, 0);
    return context.createPattern(tile, "repeat");
  }
}

// Let a canvas show a shape that is wider by a radius, in a colour or pattern.
function spread(canvas, shape, radius, style) {
  canvas.width = shape.width;
  canvas.height = shape.height;
  const context = canvas.getContext("2d");
  for (const turn of TURNS) context.drawImage(shape, radius * Math.cos(turn), radius * Math.sin(turn));
  context.globalCompositeOperation = "source-in";
  context.fillStyle = style;
  context.fillRect(0, 0, canvas.width, canvas.height);
}
