"""What every template and static file has to keep to, read from its source."""

import re

import pytest

from .source import ROOT, is_letter, modules, templates, without_comments

# A letter carries its few styles with it: where it is read there is no stylesheet of ours.
PAGES = {n: s for n, s in templates().items() if n.endswith(".html") and "email/" not in n}
# Flask-Security asks for these by name.
ASKED_FOR_BY_LIBRARIES = ("security/",)


@pytest.mark.parametrize("name", PAGES)
def test_no_style_script_or_event_handler_stands_in_a_page(name):
    source = without_comments(PAGES[name])

    assert not re.search(r"<style\b", source), "a style element"
    assert not re.search(r"<[^>]*\sstyle\s*=", source), "a style attribute"
    assert not re.search(r"<[^>]*\son[a-z]+\s*=\s*[\"']", source), "an event handler"
    assert not re.search(r"javascript:", source, re.I), "a javascript: address"
    for script in re.findall(r"<script\b[^>]*>", source):
        assert "src=" in script or "nonce=" in script, f"a script without nonce: {script}"


@pytest.mark.parametrize("name", PAGES)
def test_no_page_asks_another_origin_for_anything(name):
    wanted = re.findall(r"<(?:script|img|link|iframe|source|video|audio|embed|object|use)\b[^>]*", PAGES[name])

    assert not [tag for tag in wanted if re.search(r"(?:src|href|srcset|data)\s*=\s*[\"'](?:https?:)?//", tag)]


@pytest.mark.parametrize("name", PAGES)
def test_every_form_that_changes_something_carries_the_token(name):
    forms = re.findall(r"<form\b[^>]*method\s*=\s*[\"']?post.*?</form>", without_comments(PAGES[name]), re.S | re.I)

    assert not [form[:120] for form in forms if not re.search(r"csrf|hidden_tag|form_open", form)]


@pytest.mark.parametrize("name", templates())
def test_nothing_is_trusted_without_a_reason(name):
    assert not re.search(r"\|\s*safe\b|autoescape\s+false", without_comments(templates()[name]))


@pytest.mark.parametrize("name", PAGES)
def test_a_whole_document_names_its_language(name):
    assert not re.search(r"<html\b(?![^>]*\blang=)", PAGES[name])


def test_no_template_is_left_over():
    used = "\n".join([*(p.read_text() for p in modules().values()), *templates().values()])
    left_over = [
        n
        for n in templates()
        if f'"{n}"' not in used and f"'{n}'" not in used and not is_letter(n)
        and not n.startswith(("errors/", *ASKED_FOR_BY_LIBRARIES))
    ]  # fmt: skip

    assert not left_over


def test_no_static_file_is_left_over():
    folder = ROOT / "practice" / "static"
    words = [*(p.read_text() for p in modules().values()), *templates().values()]
    words += [p.read_text() for p in folder.rglob("*") if p.suffix in (".css", ".js", ".webmanifest", ".json")]
    used = "\n".join(words)

    left_over = [
        str(p.relative_to(folder))
        for p in folder.rglob("*")
        if p.is_file() and p.suffix != ".css" and p.name not in used and p.stem not in used
    ]

    assert not left_over


# What may stand in the address of a page: words about topics that the whole world may look for, a country, a month.
OPEN_FORMS = {
    "admin/finance.html",
    "directory/index.html",
    "directory/_filters.html",
    "questions/index.html",
    "safety/show.html",
    "demo/mailbox.html",
}


def test_only_forms_about_nobody_put_what_is_typed_into_an_address():
    """Addresses of pages stand in histories, and in the logs of every machine in between."""
    typed = re.compile(r"<form\b(?![^>]*method=\"post\")[^>]*>(?:(?!</form>).)*<input\b(?![^>]*type=\"hidden\")", re.S)

    assert {name for name, source in templates().items() if typed.search(source)} - OPEN_FORMS == set()


def test_a_page_lies_in_the_folder_of_the_room_that_serves_it():
    """One word opens four doors: package, address, templates, tests."""
    named = re.compile(r"\b(?:page|get_template|render_template)\(\s*\"([a-z_]+)/")

    strays = [
        f"{name}: {folder}"
        for name, path in modules().items()
        for folder in named.findall(path.read_text())
        if name.split(".")[1] not in (folder, "http", "letters") and folder != "components"
    ]

    assert strays == []


@pytest.mark.parametrize("name", PAGES)
def test_a_form_with_fields_is_refused_by_us_and_not_by_the_browser(name):
    """Our refusal stands beside the field, in our words; a browser's keeps the form back and says less."""
    forms = re.findall(r"<form\b[^>]*method=\"post\".*?</form>", without_comments(PAGES[name]), re.S)
    fields = re.compile(
        r"\b(?:field|check|checks|choices|chips|switch|grid)\(|<textarea|<select|<input\b(?![^>]*type=\"hidden\")"
    )

    assert not [form[:120] for form in forms if fields.search(form) and "novalidate" not in form]


def test_the_free_consultation_has_one_name():
    written = {**templates(), **{name: path.read_text() for name, path in modules().items()}}

    assert not [name for name, source in written.items() if re.search(r"\b(?:free|first) consults?\b", source, re.I)]


def test_email_is_spelt_in_one_way():
    assert not [name for name, source in templates().items() if re.search(r"\be-mails?\b", source, re.I)]


def test_whole_sentences_of_an_application_begin_at_one_edge():
    css = (ROOT / "practice" / "static" / "css" / "components" / "card.css").read_text()

    assert 'class="kv wordy"' in PAGES["admin/application.html"]
    assert re.search(r"\.kv\.wordy dd \{[^}]*text-align: start", css)
