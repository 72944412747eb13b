"""The picture of the model: sound, told in words, the same as the one in the guide, and nothing lies over anything."""

import re
import xml.etree.ElementTree as ElementTree
from itertools import combinations
from pathlib import Path

import pytest

from sim.plan.codes import End
from sim.report.figures import model
from sim.report.figures.model import model_svg

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(("name", "upright"), [("model", False), ("model-upright", True)])
def test_the_guide_shows_the_picture_that_is_drawn(name, upright):
    assert (PICTURES / f"{name}.svg").read_text(encoding="utf-8") == model_svg(upright=upright), (
        "run python docs/pictures.py"
    )


@pytest.mark.case(
    "O14",
    before="no page has one picture of the model",
    after="one picture, made by a script, on the home page, the page on the model, the report and the explorer",
)
def test_the_pages_show_the_picture():
    for name in ("index.md", "model.md"):
        assert "(pictures/model.svg)" in (PICTURES.parent / name).read_text(encoding="utf-8")
    package = Path(model.__file__).parents[2]
    assert 'src="model.svg"' in (package / "explore" / "page.html").read_text(encoding="utf-8")
    assert "{{ model[0] }}" in (package / "report" / "page" / "page.html.j2").read_text(encoding="utf-8")


@pytest.mark.parametrize("upright", [False, True])
def test_the_picture_names_every_end_and_every_station_and_is_told_in_words(upright):
    root = ElementTree.fromstring(model_svg(upright=upright))
    words = " ".join(text.text for text in root.iter(f"{SVG}text"))
    for station in ("Deal", "Obligation due", "Late or refused", "Dispute", "Mediators", "Incident", "Truce suspended"):
        assert station in words
    for end in End:
        assert end == End.NONE or model._TEXTS[end.name.lower()][0] in words
    assert root.find(f"{SVG}title").text
    assert "The same rules hold for both sides." in root.find(f"{SVG}desc").text
    assert not re.search("Israel|Hamas", words)


@pytest.mark.parametrize("upright", [False, True])
def test_boxes_lie_apart_and_within_the_picture_and_hold_their_words(upright):
    root = ElementTree.fromstring(model_svg(upright=upright))
    width, height = (float(n) for n in root.get("viewBox").split()[2:])
    boxes = {}
    for group in root.findall(f"{SVG}g"):
        shape = group.find(f"{SVG}rect")
        x, y, w, h = (float(shape.get(name)) for name in ("x", "y", "width", "height"))
        assert x >= 0
        assert y >= 0
        assert x + w <= width
        assert y + h <= height
        for text in group.findall(f"{SVG}text"):
            assert y + 10 <= float(text.get("y")) <= y + h - 3
            assert len(text.text) * 6.4 <= w
        boxes[group.find(f"{SVG}text").text] = (x, y, x + w, y + h)
    for one, other in combinations(boxes.values(), 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
