"""The numbers by which SPSS files name formats and roles; reader and writer go by the same table."""

from __future__ import annotations

from typing import Final

# PSPP developer's guide, "System File Format"; a point stands for a number without a format
_NAMES = (
    "A AHEX COMMA DOLLAR F IB PIBHEX P PIB PK RB RBHEX . . Z N E . . DATE TIME DATETIME ADATE JDATE DTIME "
    "WKDAY MONTH MOYR QYR WKYR PCT DOT CCA CCB CCC CCD CCE EDATE SDATE MTIME YMDHMS"
)
FORMATS: Final = {number: name for number, name in enumerate(_NAMES.split(), start=1) if name != "."}
ROLES: Final = {"0": "input", "1": "output", "2": "both", "3": "none", "4": "partition", "5": "split"}
