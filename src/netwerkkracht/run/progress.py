"""From Snakemake's many lines to one line per job: which stage, how many of how many."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_JOB = re.compile(r"^(?:local)?rule (\w+):$")
_WILDCARDS = re.compile(r"^ +wildcards: (.+)$")
_JOB_ID = re.compile(r"^ +jobid: (\d+)$")
_LOG = re.compile(r"^ +log: (.+?)(?: \(check log file.*)?$")
_FINISHED = re.compile(r"^Finished jobid: (\d+)")
_COUNT = re.compile(r"^(\d+) of (\d+) steps \(\d+%\) done$")
_ERROR = re.compile(r"^Error in rule (\w+):$")
_NOTHING = "Nothing to be done"
_STATS = "Job stats:"
_PLANNED = re.compile(r"^(\w+) +\d+$")
_WHOLE = "all"
_TOTAL = "total"


@dataclass
class Progress:
    """What Snakemake has said so far: the rules it will run, and failed jobs with their logs.

    ``begun`` once the plan is whole.
    """

    names: dict[str, str] = field(default_factory=dict)
    failed: list[tuple[str, str]] = field(default_factory=list)
    planned: set[str] = field(default_factory=set)
    nothing: bool = False
    begun: bool = False
    _planning: bool = False
    _rule: str = ""
    _item: str = ""
    _error: str = ""
    _finished: list[str] = field(default_factory=list)

    def read(self, line: str) -> str | None:
        """Take one line of Snakemake and return the line to show, if any."""
        line = line.rstrip("\n")
        if _NOTHING in line:
            self.nothing = True
        elif line.startswith(_STATS):
            self._planning = not self.begun
        elif self._planning:
            self._plan(line)
        elif found := _JOB.match(line):
            self._rule, self._item, self._error = found[1], "", ""
        elif found := _ERROR.match(line):
            self._error = found[1]
        elif found := _WILDCARDS.match(line):
            self._item = ", ".join(part.split("=", 1)[-1] for part in found[1].split(", "))
            self._name_latest()
        elif found := _JOB_ID.match(line):
            self._latest = found[1]
            if not self._error:
                self.names[found[1]] = self._rule
        elif (found := _LOG.match(line)) and self._error:
            self.failed.append((self._error, found[1]))
        elif found := _FINISHED.match(line):
            self._finished.append(self.names.get(found[1], ""))
        elif found := _COUNT.match(line):
            return self._count(int(found[1]), int(found[2]))
        return None

    def _plan(self, line: str) -> None:
        """Take one line of the table of jobs; an empty one ends it."""
        if found := _PLANNED.match(line):
            self.planned |= {found[1]} - {_TOTAL}
        elif not line:
            self._planning, self.begun = False, True

    _latest: str = ""

    def _name_latest(self) -> None:
        if self._latest and not self._error:
            self.names[self._latest] = f"{self._rule} {self._item}"

    def _count(self, done: int, total: int) -> str | None:
        named = [name for name in self._finished if name and name != _WHOLE]
        self._finished = []
        # the rule `all` makes nothing, but Snakemake counts it
        jobs = total - (_WHOLE in self.planned)
        if not named:
            return None
        return f"[{min(done, jobs):>{len(str(jobs))}}/{jobs}] {', '.join(named)}"
