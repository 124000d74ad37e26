// Results leave the page: as a download, all of them as an archive, onto the clipboard, and the hole as a mask.

import { element, make } from "./elements.js";
import { report, tell, warn } from "./messages.js";
import { maskFile } from "./reshape.js";
import { blob, fileURL } from "./server.js";
import { t } from "./words.js";
import { zip } from "./zip.js";

function save(file, name) {
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

  async function all() {
    const works = editor.works.filter(({ result }) => result);
    const file = async ({ photo, result }) => ({
      name: photo.download,
      content: await blob(fileURL(result)),
    });
    save(await zip(await Promise.all(works.map(file))), "photos_filled.zip");
    for (const work of works) work.saved = work.result;
    tell(t("Downloaded {count} photos.", { count: works.length }));
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

  for (const [id, action] of Object.entries({ download, copy, "save-mask": mask, zip: all })) {
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
