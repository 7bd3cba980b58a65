"""Every link and picture of the project's pages leads somewhere."""

import re
import subprocess
from pathlib import PurePosixPath
from urllib.parse import urlsplit

import pytest
from markdown_pages import (
    GUIDES,
    PAGES,
    README,
    ROOT,
    anchors,
    inline_code,
    name_of,
    prose,
    read,
)
from PIL import Image

pages = pytest.mark.parametrize("page", PAGES, ids=name_of)
LINK = re.compile(r"(!?)\[([^\]]*)\]\(\s*([^)\s]+)\s*\)")
# Looked at by hand. A new host is a decision: who will keep it alive?
HOSTS = {
    "arxiv.org",
    "creativecommons.org",
    "github.com",
    "keepachangelog.com",
    "keras.io",
    "machinelearningmastery.com",
    "onnxruntime.ai",
    "pypi.org",
    "semver.org",
    "www.cs.toronto.edu",
    "www.tensorflow.org",
}


def links(page):
    """Tuples of whether it shows a picture, the words, and the target."""
    # Targets in backticks are not links.
    text = re.sub(r"(?<!\[)`[^`]*`(?!\])", "", prose(page))
    return [
        (bool(found[1]), " ".join(found[2].split()), found[3])
        for found in LINK.finditer(text)
    ]


def inner_links(page):
    """Tuples of the file or folder, the anchor, and the target as written."""
    for _, _, target in links(page):
        if not urlsplit(target).scheme:
            path, _, anchor = target.partition("#")
            yield (page.parent / path if path else page), anchor, target


def committed():
    """The files that are kept with the project, and folders of such."""
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        pytest.skip("not in a clone")
    files = {PurePosixPath(line) for line in done.stdout.splitlines()}
    return files | {folder for file in files for folder in file.parents}


@pages
def test_links_within_the_project_lead_to_what_is_kept_with_it(page):
    kept = committed()
    for path, _, target in inner_links(page):
        assert path.exists(), target
        place = PurePosixPath(path.resolve().relative_to(ROOT).as_posix())
        assert place in kept, target


@pages
def test_links_to_headings_find_them(page):
    for path, anchor, target in inner_links(page):
        if anchor:
            assert anchor in anchors(path), target


@pages
def test_links_to_other_places_are_to_hosts_that_were_chosen(page):
    for _, _, target in links(page):
        parts = urlsplit(target)
        if parts.scheme:
            assert parts.scheme == "https", target
            assert parts.netloc in HOSTS, target
            assert " " not in target


@pages
def test_every_picture_opens_and_has_a_description(page):
    for is_picture, words, target in links(page):
        if is_picture:
            assert len(words) > 20, target
            with Image.open(page.parent / target) as picture:
                picture.load()


@pages
def test_no_bracket_is_left_open(page):
    text = re.sub(r"`[^`]*`", "", prose(page))
    assert LINK.sub("", text).count("](") == 0


def test_the_readme_leads_to_every_guide():
    reached = {path.resolve() for path, _, _ in inner_links(README)}
    assert set(GUIDES) <= reached


def test_every_page_is_reached_from_another():
    reached = {
        path.resolve()
        for page in PAGES
        for path, _, _ in inner_links(page)
        if path.resolve() != page
    }
    assert set(PAGES) - reached <= {README}


@pages
def test_extras_and_files_in_backticks_exist(page):
    extras = re.findall(
        r"^(\w+) = \[", read(ROOT / "pyproject.toml"), re.MULTILINE
    )
    for code in inline_code(page):
        for extra in re.findall(r"progan-keras\[([\w,]+)\]", code):
            assert set(extra.split(",")) <= set(extras), code
