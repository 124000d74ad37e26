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

  // Draw the photo, and fills in it with an opacity, at `pixels` screen pixels for one of the photo.
  draw(context, fills, opacity, pixels) {
    const source = this.small && pixels * this.width <= 1.2 * this.small.width ? this.small : this.bitmap;
    context.imageSmoothingEnabled = pixels < 4;
    context.imageSmoothingQuality = "medium";
    context.drawImage(source, 0, 0, this.width, this.height);
    if (!opacity) return;
    context.globalAlpha = opacity;
    for (const { left, top, width, height, bitmap } of fills) {
      if (this.transparent && opacity === 1) context.clearRect(left, top, width, height);
      context.drawImage(bitmap, left, top, width, height);
    }
    context.globalAlpha = 1;
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
