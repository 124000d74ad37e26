"""Text files as people's editors write them."""

import codecs


def encoding(start):
    """The encoding of a text by its first bytes: UTF-16 with its mark, else UTF-8 with a mark or without."""
    return "utf-16" if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"


def decoded(content, errors="strict"):
    """The text of a file's bytes; of UTF-8, `errors` is as for `bytes.decode`. Raises UnicodeDecodeError."""
    kind = encoding(content)
    return content.decode(kind, "strict" if kind == "utf-16" else errors)
