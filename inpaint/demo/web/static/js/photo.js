// The photo that is worked on: what the screen shows at once, and its copy on the server.

const SMALL = 2048; // longest side of the copy that is drawn where the photo is reduced

export class Photo {
  // `bitmap` may be null where the browser cannot read the file; then `show` follows.
  constructor(file, name, bitmap) {
    this.file = file;
    this.name = name;
    this.id = null;
    this.download = null; // name of the download
    this.transparent = false;
    this.viewed = false; // whether the bitmap is the server's view, as the browser cannot show the file
    this.ready = null; // function: promise that the server has it
    if (bitmap) this.show(bitmap);
  }

  show(bitmap) {
    this.bitmap = bitmap;
    this.width = bitmap.width;
    this.height = bitmap.height;
    this.small = null;
    const scale = SMALL / Math.max(bitmap.width, bitmap.height);
    if (scale >= 1) return;
    const size = {
      resizeWidth: Math.round(bitmap.width * scale),
      resizeHeight: Math.round(bitmap.height * scale),
    };
    createImageBitmap(bitmap, { ...size, resizeQuality: "medium" }).then((small) => {
      if (this.bitmap === bitmap) this.small = small;
    });
  }

  // Draw the photo as it was left of `wipe`, a share of its width, and with fills right of it, at `pixels` screen
  // pixels for one of the photo.
  draw(context, fills, wipe, pixels) {
    const source = this.small && pixels * this.width <= 1.2 * this.small.width ? this.small : this.bitmap;
    context.imageSmoothingEnabled = pixels < 4;
    context.imageSmoothingQuality = "medium";
    context.drawImage(source, 0, 0, this.width, this.height);
    if (wipe >= 1) return;
    context.save();
    if (wipe > 0) {
      context.beginPath();
      context.rect(wipe * this.width, 0, (1 - wipe) * this.width, this.height);
      context.clip();
    }
    for (const { left, top, width, height, bitmap } of fills) {
      if (this.transparent) context.clearRect(left, top, width, height);
      context.drawImage(bitmap, left, top, width, height);
    }
    context.restore();
  }
}

// A photo's pixels from a file, upright, or null where the browser cannot read it.
export async function decoded(file) {
  try {
    return await createImageBitmap(file);
  } catch {
    return null; // other formats: the server may read them
  }
}
