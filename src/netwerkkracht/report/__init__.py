"""The report: a store of numbers, words made from them, one Typst source for all languages, PDF and HTML.

``numbers`` collects every printed number with the file and row it stands in; ``words`` turns numbers into
hedged words; ``build`` compiles the source of a study to PDF and to HTML; ``lint`` finds in that source what
Typst lets pass in silence. Nothing here writes a file: the step that calls it does, through ``io``.
"""
