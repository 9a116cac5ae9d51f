"""Files that an earlier run released and this configuration does not: they would stop the release check."""

from __future__ import annotations

from pathlib import Path

from netwerkkracht.core.errors import StudyError
from netwerkkracht.provenance.fingerprint import sha256
from netwerkkracht.provenance.records import read_records
from netwerkkracht.study.config import Config
from netwerkkracht.study.config.parts import released_files

RECORDS, RELEASED = Path("results/provenance"), "reports/"


def remove_leftovers(config: Config) -> list[str]:
    """Remove what an earlier run made for an exhibit or a language that is no longer asked for.

    Only a file that a job of this folder recorded and that nobody has touched since is removed: whoever wants
    it back gets the same bytes from the configuration it came from. Anything else in the folder of released
    files is left to the release check.

    Returns
    -------
    list of str
        The files removed, relative to the folder of the study, in order.
    """
    wanted = {*released_files(config), "reports/manifest.json"}
    try:
        made = {path: digest for record in read_records(RECORDS) for path, digest in record.outputs.items()}
    except (StudyError, TypeError):  # records that are damaged: nothing is known to be ours
        return []
    gone = []
    for name, digest in sorted(made.items()):
        path = Path(name)
        ours = name.startswith(RELEASED) and ".." not in path.parts and name not in wanted
        if ours and path.is_file() and sha256(path) == digest:
            path.unlink()
            gone.append(name)
    return gone
