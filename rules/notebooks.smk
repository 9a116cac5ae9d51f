"""Purpose: execute the notebooks on a synthetic study and lay them out as pages beside the report.

Inputs:  the panel, the released exhibits and numbers, the notebooks
Outputs: reports/notebooks/{notebook}.{lang}.html
Steps:   notebook (one job per notebook); none for real data
"""


rule notebook:
    """Execute one notebook from a clean kernel and lay it out as a page in every language."""
    input:
        panel="results/restricted/panel.csv",
        numbers="reports/numbers.json",
        exhibits=EXHIBIT_DATA,
        notebooks=ancient(CONFIG.notebooks) if NOTEBOOKS else [],
        codebook=ancient(STUDY.codebook),
    output:
        pages=expand("reports/notebooks/{{notebook}}.{lang}.html", lang=LANGUAGES),
        record="results/provenance/notebook/{notebook}.json",
    log:
        "logs/notebook/{notebook}.log",
    params:
        spec=spec("notebook"),
        code=code("notebook", "netwerkkracht.notebooks.teaching", "netwerkkracht.mixed"),
        env=env("notebook", "netwerkkracht.mixed"),
        codebook=CODEBOOK,
        source=lambda wildcards: digest(
            f"{CONFIG.notebooks}/{wildcards.notebook}.py", f"{CONFIG.notebooks}/answers.csv"
        ),
    shell:
        "netwerkkracht notebook --record {output.record} --notebook {wildcards.notebook}"
        " --notebooks {input.notebooks} --panel {input.panel} --numbers {input.numbers}"
        " --codebook {input.codebook} --pages {output.pages} 2> {log}"
