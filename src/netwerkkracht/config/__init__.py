"""The analysis as typed facts: ``config.yaml`` read strictly, and the part of it that each step may see."""

from netwerkkracht.config.parts import exhibit_models, notebook_names, part, part_text
from netwerkkracht.config.reading import read_config
from netwerkkracht.config.schema import Config
from netwerkkracht.config.study_files import study_files

__all__ = [
    "Config",
    "exhibit_models",
    "notebook_names",
    "part",
    "part_text",
    "read_config",
    "study_files",
]
