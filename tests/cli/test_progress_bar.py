import io

from inpaint.cli.progress_bar import ProgressBar


class Terminal(io.StringIO):
    def isatty(self):
        return True


def shown(out, counts, times):
    clock = iter([0.0, *times])
    with ProgressBar("images", 4, out, lambda: next(clock)) as bar:
        for done in counts:
            bar.update(done)
    return out.getvalue()


def test_bar_on_a_terminal():
    lines = shown(Terminal(), [1, 4], [])
    assert lines == f"\r[{'#' * 7}{'.' * 23}] 1/4 images\r[{'#' * 30}] 4/4 images\n"


def test_lines_at_intervals_elsewhere():
    # Asked at 3 s (too soon), 11 s (told, which reads the clock again), 12 s (too soon) and at the end.
    assert shown(io.StringIO(), [1, 2, 3, 4], [3, 11, 11, 12, 13]) == "2/4 images\n4/4 images\n"
