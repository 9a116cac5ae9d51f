"""The analysis as typed facts: ``config.yaml`` read strictly, and what is looked up in it."""

from netwerkkracht.study.config.parts import exhibit_models, notebook_names
from netwerkkracht.study.config.reading import read_config
from netwerkkracht.study.config.schema import Config
from netwerkkracht.study.config.study_files import study_files

__all__ = [
    "Config",
    "exhibit_models",
    "notebook_names",
    "read_config",
    "study_files",
]
