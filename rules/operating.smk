"""Purpose: how often the analysis of this very design is right, by simulation.

Inputs:  the specification of the synthetic study, the codebook
Outputs: results/aggregate/operating/{model}.csv: bias, coverage, type I error, power; simulated, no person
Steps:   operate (one job per model)
"""

GENERATOR = CONFIG.operating.generator if CONFIG.operating else []


rule operate:
    """Simulate studies of this design, refit a model to each, and count how often it is right."""
    input:
        codebook=ancient(STUDY.codebook),
        generator=ancient(GENERATOR),
    output:
        row="results/aggregate/operating/{model}.csv",
        record="results/provenance/operate/{model}.json",
    log:
        "logs/operate/{model}.log",
    # the longest jobs of all, and the numbers wait for them
    priority: 20
    params:
        spec=spec("operate"),
        code=code("operate"),
        env=env("operate"),
        codebook=CODEBOOK,
        generator=digest(GENERATOR) if GENERATOR else "",
    shell:
        "netwerkkracht operate --record {output.record} --model {wildcards.model} --codebook {input.codebook}"
        " --generator {input.generator} --out {output.row} 2> {log}"
