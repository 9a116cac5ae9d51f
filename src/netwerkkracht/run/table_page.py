"""A table on a page of its own: it says what it is also when it travels alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netwerkkracht.core.display import Lang

STYLE = (
    ":root{color-scheme:light dark;--line:#c9c9c9;--soft:#595959;--fill:#f2f4f6}"
    "@media(prefers-color-scheme:dark){:root{--line:#444b55;--soft:#aab2bd;--fill:#232830}}"
    "body{font:16px/1.4 'Noto Sans',sans-serif;margin:1.5rem}"
    "div{overflow-x:auto}table{border-collapse:collapse}caption{text-align:left;font-weight:600}"
    "th,td{padding:.2rem .6rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}"
    ".n{text-align:right;font-variant-numeric:tabular-nums}td.n{white-space:nowrap}"
    "thead th{vertical-align:bottom;border-bottom:2px solid}th[scope=row]{font-weight:400;min-width:8rem}"
    ".in{padding-left:1.6rem}.section th{background:var(--fill)}"
    ".remark td,tfoot td{font-size:.9em;color:var(--soft);border:0}"
    "tfoot p,.remark td{max-width:70ch}tfoot p{margin:.4rem 0;max-width:min(70ch,calc(100vw - 5rem))}"
    "@media print{div{overflow:visible}}"
)


def page(table: str, title: str, lang: Lang, synthetic: bool) -> str:
    """Return a page of its own around a table: it says what it is also when it travels alone."""
    import html

    from netwerkkracht.exhibits.words import WORDS

    mark = f"<p><strong>{html.escape(WORDS[lang]['synthetic'])}</strong></p>\n" if synthetic else ""
    return (
        f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{html.escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        # what is wider than the window scrolls in a frame of its own, also from the keyboard
        f'{mark}<div role="region" tabindex="0" aria-label="{html.escape(title)}">\n{table}</div>\n'
        "</body>\n</html>\n"
    )
