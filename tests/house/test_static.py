"""What styles, scripts and pictures have to keep to, and that every name a template uses is really there."""

import re

import pytest

from practice.http import assets
from tests.styles import WIDTH, written

from .source import ROOT, templates, without_comments

STATIC = ROOT / "practice" / "static"
STYLES = {path.relative_to(STATIC / "css").with_suffix("").as_posix(): path for path in (STATIC / "css").rglob("*.css")}
SCRIPTS = {path.name: path for path in (STATIC / "js").glob("*.js")}
# What runs before anything is drawn and what runs without a page are files of their own.
MODULES = sorted(SCRIPTS.keys() - {"left.js", "sw.js"})
PICTURES = {path.relative_to(STATIC).as_posix(): path for path in (STATIC / "img").rglob("*.svg")}
PAGES = {name: without_comments(source) for name, source in templates().items() if name.endswith(".html")}
FONTS = sorted((STATIC / "fonts").glob("*.woff2"))
DRAWN_HERE = re.findall(r'id="i-([a-z-]+)"', templates()["components/sprite.html"])


def test_every_style_file_has_its_place_in_the_one_stylesheet():
    assert sorted(assets.STYLES) == sorted(STYLES)


@pytest.mark.parametrize("name", sorted(set(STYLES) - {"fonts"}))
def test_a_style_file_is_whole_in_one_layer_and_asks_nobody(name):
    source = re.sub(r"/\*.*?\*/", "", STYLES[name].read_text(), flags=re.S)

    assert source.count("{") == source.count("}")
    assert "@layer" in source
    assert not re.search(r"@import|url\(|expression\(|!ie", source)


@pytest.mark.parametrize("name", STYLES)
def test_a_style_file_reads_one_declaration_a_line(name):
    lines = STYLES[name].read_text().splitlines()

    assert max(map(len, lines)) <= WIDTH
    assert not [line for line in lines if re.search(r"[{;]\s*[a-z-]+:[^:].*;|\{.*\}", re.sub(r"/\*.*?\*/", "", line))]


def test_a_formatted_style_sheet_says_the_same_and_stays_as_it_is():
    source = "a,b:is(c, d){color:red;transition:" + "color 1s ease-in, " * 12 + "rotate 1s} /* " + "why " * 60 + "*/"
    once = written(source)

    assert "".join(once.split()) == "".join(source.split())
    assert written(once) == once
    assert max(map(len, once.splitlines())) <= WIDTH
    assert "  color: red;\n" in once


def test_what_stays_in_view_scrolls_where_text_is_large_or_the_window_low():
    sheet = assets.bundle_css()[1]
    sheet = " ".join((sheet.decode() if isinstance(sheet, bytes) else sheet).split())
    for bar in ("site-header", "shell-top", "tabbar", "book-bar", "save-bar"):
        lets_go = rf"@media \(max-width: ?18rem\), ?\(max-height: ?26rem\) ?{{ ?\.{bar} ?{{ ?position: ?static"
        assert re.search(lets_go, sheet), bar


def test_the_stylesheet_has_an_address_that_changes_with_it():
    tag, sheet = assets.bundle_css()

    assert assets.css_url() == f"/static/app.{tag}.css"
    assert all(assets.rules_of(path) in sheet for name, path in STYLES.items() if name != "fonts")


def test_fonts_are_our_own_files_kept_by_their_content_and_shown_when_they_come():
    faces = re.findall(r"@font-face \{(.*?)\}", assets.bundle_css()[1].decode(), flags=re.S)
    named = [found for face in faces for found in re.findall(r'url\("(.*?)"\)', face)]

    assert sorted(named) == sorted(assets.asset_url(f"fonts/{path.name}") for path in FONTS)
    assert set(assets.font_urls()) <= set(named)
    assert all("font-display: swap" in face or "local(" in face for face in faces)
    assert "url(" not in "".join(p.read_text() for n, p in STYLES.items() if n != "fonts")


def test_fonts_weigh_at_most_82_kb_on_a_page_in_latin_letters_and_bring_their_licences():
    usual = [path for path in FONTS if path.name in ("literata-latin.woff2", "nunito-sans-latin.woff2")]

    assert len(usual) == len(assets.font_urls())
    assert sum(path.stat().st_size for path in usual) <= 82_000
    for family in ("Literata", "Nunito-Sans"):
        assert "SIL OPEN FONT LICENSE Version 1.1" in (STATIC / "fonts" / f"OFL-{family}.txt").read_text()


def test_the_stylesheet_stays_small_enough_for_a_slow_phone():
    assert len(assets.bundle_css()[1]) < 86_000


def test_every_module_stands_in_the_one_script_after_those_it_imports_from():
    tag, script = assets.bundle_js()
    places = {name: script.decode().find(f"const {name.removesuffix('.js')}_js = ") for name in MODULES}

    assert assets.js_url() == f"/static/app.{tag}.js"
    assert min(places.values()) >= 0
    for name in MODULES:
        for _, wanted in assets.IMPORT.findall(SCRIPTS[name].read_text()):
            assert places[f"{wanted}.js"] < places[name]


def test_modules_import_and_export_only_in_the_forms_that_the_one_script_is_made_from():
    for name in MODULES:
        source = SCRIPTS[name].read_text()
        understood = len(assets.IMPORT.findall(source)) + len(assets.EXPORT.findall(source))

        assert len(re.findall(r"^\s*(?:import|export)\b|\bimport\(", source, re.MULTILINE)) == understood, name
    assert not re.search(rb"^(?:import|export)\b", assets.bundle_js()[1], re.MULTILINE)


def test_modules_that_import_from_each_other_are_refused(monkeypatch):
    sources = {"app": 'import { a } from "./one.js";', "one": 'import { b } from "./app.js";'}
    monkeypatch.setattr(assets, "_source", sources.__getitem__)

    with pytest.raises(ValueError, match="imports from itself"):
        assets.bundle_js.__wrapped__()


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_imports_what_is_there_and_runs_nothing_it_reads(name):
    source = SCRIPTS[name].read_text()

    assert {f"{module}.js" for module in re.findall(r'from "\./([a-z_]+)\.js"', source)} <= set(SCRIPTS)
    assert not re.search(r"\beval\(|new Function|innerHTML|outerHTML|document\.write|insertAdjacentHTML", source)
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|localStorage|\.style\b(?!\.setProperty\(\"--)", source)


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_keeps_nothing_beyond_the_tab(name):
    """What is typed lies in the tab's own storage; files of ours lie in the helper's cache."""
    source = SCRIPTS[name].read_text()

    assert not re.search(r"localStorage|indexedDB|document\.cookie|storage\.estimate|getDirectory|openDatabase", source)
    assert "caches." not in source or name in ("sw.js", "offline.js")


def test_all_behaviour_together_stays_a_small_addition():
    # 800 before conversations: what arrives in one by itself is 24 lines (docs/decisions/0075); what is like a question
    # that somebody writes is 34 (0079).
    assert sum(len(path.read_text().splitlines()) for path in SCRIPTS.values()) < 880


def test_the_service_worker_keeps_the_shell_and_no_page_of_a_person():
    source = SCRIPTS["sw.js"].read_text()

    assert re.findall(r"cache\.(put|add|addAll)\(([^,)]+)", source) == [("put", "OFFLINE"), ("addAll", "files")]
    assert 'credentials: "omit"' in source


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_only_a_picture(name):
    source = PICTURES[name].read_text()

    assert re.match(r'<svg xmlns="http://www\.w3\.org/2000/svg" viewBox="', source)
    assert not re.search(r"<script|<foreignObject|\son\w+=|href=|<image|style=|&", source)
    assert PICTURES[name].stat().st_size < 6_000


@pytest.mark.parametrize("name", PAGES)
def test_every_file_that_a_page_names_is_there(name):
    named = re.findall(r"""asset\(["']([^"'~{}]+)["']\)""", PAGES[name])

    assert not [file for file in named if not (STATIC / file).is_file()]


@pytest.mark.parametrize("name", PAGES)
def test_every_icon_that_a_page_names_is_drawn(name):
    named = re.findall(r"""\bicon\(["']([a-z-]+)["']|#i-([a-z-]+)["']""", PAGES[name])

    assert {first or second for first, second in named} <= set(DRAWN_HERE)


def test_no_icon_is_drawn_twice():
    assert len(DRAWN_HERE) == len(set(DRAWN_HERE))


@pytest.mark.parametrize("name", PAGES)
def test_every_component_that_a_page_imports_exists(name):
    for file, wanted in re.findall(r'{%-?\s*from "(components/\w+\.html)" import ([^%]+?)\s*-?%}', PAGES[name]):
        macros = set(re.findall(r"{%-?\s*macro (\w+)\(", templates()[file]))
        asked = {part.split(" as ")[0].strip() for part in wanted.replace("with context", "").split(",")}

        assert asked <= macros
