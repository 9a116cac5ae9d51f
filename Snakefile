"""The workflow: from SPSS files to a report in two languages.

`python3 run.py` runs it. Run by hand, it wants to start in the folder that holds `config.yaml`.
"""

from snakemake.utils import min_version

min_version("9.19")


include: "rules/common.smk"
include: "rules/panel.smk"
include: "rules/models.smk"
include: "rules/operating.smk"
include: "rules/exhibits.smk"
include: "rules/report.smk"
include: "rules/notebooks.smk"


rule all:
    """Everything: panel, models, exhibits, report, and every gate passed."""
    default_target: True
    input:
        GATES,
        expand("reports/report.{lang}.html", lang=LANGUAGES),
        expand("reports/report.{lang}.pdf", lang=LANGUAGES),
        "reports/manifest.json",


save_cache()
