"""The config.json in a zip archive, by which a file says what it is."""

import zipfile


def archived_config(path, most_bytes):
    """The bytes of a file's config.json; ValueError if there are more than `most_bytes`.

    Raises:
        OSError, KeyError, RuntimeError, zipfile.BadZipFile: it cannot be read, or there is none.
    """
    with zipfile.ZipFile(path) as archive:
        if archive.getinfo("config.json").file_size > most_bytes:
            raise ValueError("its description is too long")
        return archive.read("config.json")
