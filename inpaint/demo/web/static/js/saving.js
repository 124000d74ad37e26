// Results leave the page: as a download, onto the clipboard, and the hole as a mask.

import { element, make } from "./elements.js";
import { report, tell, warn } from "./messages.js";
import { maskFile } from "./reshape.js";
import { blob, fileURL } from "./server.js";
import { t } from "./words.js";

export function save(file, name) {
  const link = make("a", { download: name, href: URL.createObjectURL(file) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export function followSaving(editor) {
  async function download() {
    const { work } = editor;
    tell(t("Preparing the download…"));
    const { result } = work;
    save(await blob(fileURL(result)), work.photo.download);
    work.saved = result;
    tell(t("Downloaded {download}.", work.photo));
  }

  // The clipboard takes PNG: all pixels, without metadata.
  async function copy() {
    if (!navigator.clipboard?.write)
      return warn(t("Browsers copy only from https or this machine: download it."));
    const { photo, state } = editor;
    const canvas = new OffscreenCanvas(photo.width, photo.height);
    photo.draw(canvas.getContext("2d"), state.fills, 0, 4);
    const file = canvas.convertToBlob({ type: "image/png" });
    await navigator.clipboard.write([new ClipboardItem({ "image/png": file })]);
    tell(t("Copied."));
  }

  async function mask() {
    const { photo, state } = editor;
    save(await maskFile(state.marks, photo), `${photo.name.replace(/\.[^.]*$/, "")}_mask.png`);
  }

  for (const [id, action] of Object.entries({ download, copy, "save-mask": mask })) {
    element(id).addEventListener("click", () =>
      action().catch((error) => {
        tell("");
        report(error);
      }),
    );
  }
  window.addEventListener("beforeunload", (event) => {
    if (editor.unsaved) event.preventDefault();
  });
}
