"""What the pages count, list and quote is what there is."""

import json
import re
import sys
from statistics import median

import pytest
from markdown_pages import COURSE, GUIDES, README, ROOT, read, section, table

import progan_keras as pk

TUTORIALS = ROOT / "tutorials"
sys.path.insert(0, str(TUTORIALS))
import hosted  # noqa: E402

SOURCES = sorted((TUTORIALS / "src").glob("*.py"))
NAMES = [source.stem for source in SOURCES]
TRAINING = ROOT / "docs" / "training.md"
COMPARISON = ROOT / "docs" / "comparison.md"


def lessons_of(page):
    """Names of the lessons that a page lists, in order."""
    rows = table(section(page, "## Lessons"))[1:]
    return [re.search(r"(\d\d_\w+)\.ipynb", row[0])[1] for row in rows]


@pytest.mark.parametrize("page", [README, COURSE], ids=["README", "course"])
def test_every_lesson_is_in_the_table_once_and_in_order(page):
    assert lessons_of(page) == NAMES


def test_lessons_come_after_those_that_they_need():
    for row in table(section(COURSE, "## Lessons"))[1:]:
        number = row[0][1:3]
        before = re.findall(r"\d\d", row[2])
        assert (number == "01") == (not before)
        assert all(needed < number for needed in before), row


def test_every_lesson_has_the_minutes_that_it_ran():
    for row in table(section(COURSE, "## Lessons"))[1:]:
        assert all(float(minutes) > 0 for minutes in row[4:]), row


def test_a_lesson_takes_students_20_to_60_minutes():
    for row in table(section(COURSE, "## Lessons"))[1:]:
        assert 20 <= int(row[3]) <= 60


def test_answers_are_linked_for_every_lesson():
    text = section(COURSE, "## Answers to the exercises")
    assert re.findall(r"\(solutions/(\w+)\.ipynb\)", text) == NAMES


def words():
    """Rows of the glossary."""
    return table(section(COURSE, "## Words"))[1:]


def test_the_glossary_is_in_order_and_says_what_was_promised():
    rows = [row[0] for row in words()]
    assert rows == sorted(rows, key=str.lower)
    promised = "kimg lod alpha toRGB EMA SWD MS-SSIM FID KID truncation R1"
    for word in [*promised.split(), "drift", "preset", "stage", "latent"]:
        assert any(word in row.split(", ") for row in rows), word


@pytest.mark.parametrize("row", words(), ids=lambda row: row[0])
def test_the_lesson_that_the_glossary_names_has_the_word(row):
    text = {source.stem[:2]: spoken(source) for source in SOURCES}
    text["guides"] = "".join(spoken(guide) for guide in GUIDES)
    names = [re.escape(word.lower()) for word in row[0].split(", ")]
    for place in row[2].split(", "):
        assert re.search(rf"(?<![a-z])({'|'.join(names)})", text[place]), place


def spoken(path):
    """A text in small letters, without marks of comment at line ends."""
    return re.sub(r"\n(# )?", " ", read(path).lower())


def test_all_recipes_are_listed():
    cells = [row[0] for row in table(section(TRAINING, "## Recipes"))[1:]]
    named = set(re.findall(r"`(\w+)`", " ".join(cells)))
    assert named <= set(pk.recipes.RECIPES)
    spelled = {name for name in pk.recipes.RECIPES if "ablation" not in name}
    assert spelled <= named
    # The first and the last of a row of them.
    assert {"ablation_a_baseline", "ablation_h_converged"} <= named


def test_every_loss_is_listed():
    rows = table(section(ROOT / "docs" / "by_hand.md", "## Losses"))[1:]
    for row in rows:
        pk.losses.get(row[0].strip("`"))
    with pytest.raises(ValueError, match="wgan_gp") as error:
        pk.losses.get("no such loss")
    known = re.findall(r"'(\w+)'", str(error.value).split("Received")[0])
    assert {row[0].strip("`") for row in rows} >= set(known)


def measured_steps():
    """Side of a stage -> contestant -> seconds of a step, in each turn."""
    results = ROOT / "benchmarks" / "results" / "steps.json"
    return {
        entry["case"]["resolution"]: {
            name: result["seconds"] for name, result in entry["results"].items()
        }
        for entry in json.loads(read(results))["cases"]
        if not entry["case"]["fade_in"]
    }


def ratio(seconds, name, ours):
    """How many times as long as ours, the median of turns."""
    pairs = zip(seconds[name], seconds[f"ours, {ours}"], strict=True)
    return f"{median(theirs / our for theirs, our in pairs):.1f}"


def test_the_table_of_speed_is_what_was_measured():
    contestants = ["pro-gan-pth", "tutorial Keras", "plain PyTorch"]
    rows = table(section(COMPARISON, "## Speed"))[1:]
    assert len(rows) == len(measured_steps())
    for row in rows:
        seconds = measured_steps()[int(row[0].split("x")[0])]
        ours = median(seconds["ours, alternating"])
        assert row[1] == f"{1000 * ours:.1f}"
        assert row[2:] == [
            f"{ratio(seconds, name, 'alternating')} "
            f"({ratio(seconds, name, 'simultaneous')})"
            for name in contestants
        ]


def test_the_readme_quotes_the_table_of_speed():
    (row,) = (
        row
        for row in table(section(README, "## How it compares"))
        if "of a step" in row[0]
    )
    measured = measured_steps()
    sides = [int(side) for side in re.findall(r"(\d+)x\d+", row[0])]
    ratios = [
        ratio(measured[side], "pro-gan-pth", "alternating") for side in sides
    ]
    assert row[3] == ", ".join(ratios)


def test_the_readme_can_be_read_in_some_minutes():
    # 200 words a minute; tables are looked at, not read.
    text = re.sub(r"^\|.*$", "", read(README), flags=re.MULTILINE)
    assert len(text.split()) < 1000


def test_without_an_address_the_course_says_so():
    text = hosted.with_links(read(COURSE), None, NAMES)
    assert "no public address yet" in text
    assert "colab.research" not in text


def test_the_links_to_hosts_are_those_of_the_one_address():
    address = hosted.read_address(ROOT / "pyproject.toml")
    assert read(COURSE) == hosted.with_links(read(COURSE), address, NAMES)


def test_an_address_gives_every_lesson_three_links(tmp_path):
    project = tmp_path / "pyproject.toml"
    project.write_text(
        '[project.urls]\nRepository = "https://github.com/some-one/gans"\n'
    )
    address = hosted.read_address(project)
    text = hosted.with_links(read(COURSE), address, NAMES)
    name = NAMES[0]
    for link in (
        "https://colab.research.google.com/github/some-one/gans/blob/main/"
        f"tutorials/{name}.ipynb",
        "https://mybinder.org/v2/gh/some-one/gans/main?labpath="
        f"tutorials%2F{name}.ipynb",
        f"https://nbviewer.org/github/some-one/gans/blob/main/tutorials/"
        f"{name}.ipynb",
    ):
        assert text.count(f"({link})") == 1
    assert text.count("[Colab](") == len(NAMES)
    (extras,) = re.findall(r"\./project\[([\w,]+)\]", text)
    declared = re.findall(
        r"^(\w+) = \[", read(ROOT / "pyproject.toml"), re.MULTILINE
    )
    assert set(extras.split(",")) <= set(declared)
    # And back, as if there had never been one.
    assert hosted.with_links(text, None, NAMES) == hosted.with_links(
        read(COURSE), None, NAMES
    )


def test_binder_installs_what_the_project_names():
    folder = ROOT / ".binder"
    (line,) = re.findall(r"^-r (.+)$", read(folder / "requirements.txt"), re.M)
    assert (folder / line).resolve() == ROOT / "requirements.txt"
    assert "pip install --no-deps -e ." in read(folder / "postBuild")


def test_the_citation_is_of_this_version_and_of_the_paper():
    text = read(ROOT / "CITATION.cff")
    assert f"\nversion: {pk.__version__}\n" in text
    assert "arXiv:1710.10196" in text
    title = "Progressive Growing of GANs for Improved Quality, Stability, and"
    for page in (text, read(README)):
        assert title in " ".join(page.replace("\n> ", " ").split())


@pytest.mark.parametrize("address", ["gans", "https://a.org/b/c", ""])
def test_an_address_that_hosts_cannot_open_is_refused(tmp_path, address):
    project = tmp_path / "pyproject.toml"
    project.write_text(f'Repository = "{address}"\n')
    with pytest.raises(ValueError, match="OWNER/NAME"):
        hosted.read_address(project)
