"""Files that are replaced as a whole: a reader sees the old content or the new one."""

from __future__ import annotations

import os
import stat

from tp.diagnostics.diagnostic import error


def replace_file(file: str, data: bytes) -> None:
    """Make ``data`` the content of ``file``, which keeps its mode; of a link, the file that it leads to is replaced.

    Raises TpError TP508 where that is not possible; then the file is as it was.
    """
    import tempfile

    target = os.path.realpath(file)
    try:
        mode = _mode(target)
        handle, beside = tempfile.mkstemp(dir=os.path.dirname(target), prefix=os.path.basename(target) + ".")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(handle)
            os.chmod(beside, mode)
            os.replace(beside, target)
        except BaseException:
            os.unlink(beside)
            raise
    except OSError as problem:
        raise error("TP508", f"cannot write {file}: {problem.strerror or problem}") from problem


def _mode(path: str) -> int:
    """The mode of the file at ``path``, or that of new files. Raises OSError where it may not be written."""
    try:
        mode = stat.S_IMODE(os.stat(path).st_mode)
    except FileNotFoundError:
        umask = os.umask(0)
        os.umask(umask)
        return 0o666 & ~umask
    if not os.access(path, os.W_OK):
        raise PermissionError(None, "Permission denied")
    return mode
