"""Files of an invented fieldwork as a reader would give them, for tests that need no disk."""

import hashlib

from netwerkkracht.spss import SpssFile
from netwerkkracht.synth.storage import Delivered


def as_read(delivered: Delivered) -> SpssFile:
    """Return a delivered file as a reader would give it, without touching disk."""
    frame = delivered.frame.copy()
    for variable in delivered.variables:
        if variable.is_string:
            frame[variable.name] = [str(value).rstrip(" ") for value in frame[variable.name]]
        else:
            frame[variable.name] = frame[variable.name].astype("float64")
    return SpssFile(
        delivered.source.path,
        hashlib.sha256(delivered.source.file.encode()).hexdigest(),
        len(frame),
        delivered.variables,
        frame,
        delivered.source.encoding,
    )
