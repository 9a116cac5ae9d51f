"""The page of one table, as it travels alone."""

import xml.etree.ElementTree as ET

from netwerkkracht.run.table_page import STYLE, page

TABLE = '<table id="table-1" lang="en"><caption>Fish &amp; chips</caption></table>\n'


def test_what_is_wider_than_the_window_scrolls_in_a_named_frame():
    tree = ET.fromstring(
        page(TABLE, 'Fish & "chips"', "en", synthetic=True)
        .replace("<!doctype html>", "")
        .replace('<meta charset="utf-8">', "")
        .replace('<meta name="viewport" content="width=device-width">', "")
    )
    body = tree.find("body")
    assert body.find("p/strong").text == "synthetic data"
    frame = body.find("div")
    assert frame.attrib == {"role": "region", "tabindex": "0", "aria-label": 'Fish & "chips"'}
    assert frame.find("table") is not None
    assert body.find("table") is None
    assert "div{overflow-x:auto}" in STYLE


def test_a_page_is_dark_where_the_reader_wants_it_and_says_nothing_of_synthetic_real_data():
    made = page(TABLE, "Fish", "en", synthetic=False)
    assert "color-scheme:light dark" in made
    assert "synthetic" not in made
