"""What people send is decoded by a process of its own: whatever happens there, this one goes on."""

import pytest

from practice.providers import apart, images
from practice.providers.images import BadImage, checked_type_apart, portrait_apart
from tests.providers.test_images import photo, png_bomb, written


def test_a_portrait_comes_back_as_it_would_be_made_here():
    content = written(photo())

    assert portrait_apart(content) == images.portrait(content)
    assert checked_type_apart(written(photo(), "PNG")) == "png"


@pytest.mark.parametrize("content", [b"no picture", png_bomb(9000), b"\x89PNG\r\n\x1a\n"])
def test_a_refusal_says_the_same_sentence(content):
    with pytest.raises(BadImage) as here:
        images.portrait(content)
    with pytest.raises(BadImage) as there:
        portrait_apart(content)

    assert str(there.value) == str(here.value)


def test_a_process_that_dies_is_a_refusal_and_takes_nothing_with_it(monkeypatch):
    monkeypatch.setattr(apart, "BEGIN", "import os; os.abort()")

    with pytest.raises(BadImage, match="could not open this picture safely"):
        portrait_apart(written(photo()))


def test_it_has_little_memory_writes_no_file_and_knows_no_key(monkeypatch, tmp_path):
    monkeypatch.setenv("VAULT_KEY", "secret")

    def probe(what):
        lines = (
            "import sys, types; sys.path.insert(0, sys.argv[1])",
            f"probe = types.ModuleType('probe'); exec({what!r}, vars(probe))",
            "sys.modules['practice.providers.probe'] = probe",
            "from practice.providers.apart import main; main('probe', '')",
        )
        monkeypatch.setattr(apart, "BEGIN", "\n".join(lines))
        return apart.read("probe", b"", "")

    said = probe("import os\ndef answer(content, asked): return {'names': list(os.environ)}")
    assert "VAULT_KEY" not in said["names"]
    with pytest.raises(apart.GaveUp):
        probe("def answer(content, asked): return {'size': len(bytearray(2 * 1024 ** 3))}")
    with pytest.raises(apart.GaveUp):
        probe(f"def answer(content, asked):\n with open({str(tmp_path / 'x')!r}, 'w') as out: out.write('written')")
