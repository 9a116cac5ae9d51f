"""Purpose: fit every model of the configuration, each with its own chain.

Inputs:  the panel and the codebook
Outputs: results/aggregate/models/{model}.json: estimates, variance parts, status, counts; no row of a person
Steps:   fit (one job per model)
"""


rule fit:
    """Fit one model, with its status and a second opinion."""
    input:
        panel="results/restricted/panel.csv",
        codebook=ancient(STUDY.codebook),
    output:
        model="results/aggregate/models/{model}.json",
        record="results/provenance/fit/{model}.json",
    log:
        "logs/fit/{model}.log",
    params:
        spec=spec("fit"),
        code=code("fit"),
        env=env("fit"),
        codebook=CODEBOOK,
    shell:
        "netwerkkracht fit --record {output.record} --model {wildcards.model} --panel {input.panel}"
        " --codebook {input.codebook} --out {output.model} 2> {log}"
