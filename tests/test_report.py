"""`write_report`: one page, whole in itself, safe and for everybody."""

import base64
import dataclasses
import io
import re
import xml.etree.ElementTree
from html.parser import HTMLParser

import numpy as np
import pytest
from figures.made_runs import (
    SCHEDULE,
    add_grids,
    evaluation,
    full_tick,
    make_run,
    result,
    tick,
)
from PIL import Image

import progan_keras as pk
from progan_keras.report import write_report
from progan_keras.report.html import element, join
from progan_keras.report.reproduce import training_call
from progan_keras.training.plan import Plan

VOID = {"img", "meta", "source"}
HOSTILE = """<script src="http://x.example/a.js">'&amp;"</script>"""


class Page(HTMLParser):
    """A page taken apart; complains where elements do not close."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.texts = [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "title"):
            self.texts.append((self.open[-1], data))

    def all(self, *tags):
        return [(tag, a) for tag, a in self.elements if tag in tags]

    @property
    def text(self):
        return " ".join(data for _, data in self.texts)

    def pictures(self):
        """All pictures as (kind, bytes)."""
        uris = [a["src"] for _, a in self.all("img")]
        uris += [a["srcset"] for _, a in self.all("source")]
        found = []
        for uri in uris:
            kind, data = re.fullmatch(
                r"data:image/([a-z+]+);base64,([\w+/=]+)", uri
            ).groups()
            found.append((kind, base64.b64decode(data)))
        return found


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """A run with everything, its path and its page."""
    records = [full_tick(kimg) for kimg in range(1, 13)]
    for record in records[3:5]:
        record["warnings"] = ["D wins & more."]
    records[8]["warnings"] = ["G stopped."]
    records += [evaluation(10), evaluation(12)]
    run = make_run(tmp_path_factory.mktemp("runs"), records)
    path = write_report(add_grids(run, range(13)))
    return run, path, Page(path.read_text(encoding="utf-8"))


def test_it_lies_in_the_run_folder_and_is_small(full):
    run, path, _ = full
    assert path == run.path / "report.html"
    assert 100_000 < path.stat().st_size < 5e6


def test_it_asks_nobody_for_anything_and_runs_nothing(full):
    _, path, page = full
    assert not page.all("script", "link", "iframe", "object", "embed", "base")
    for tag, attributes in page.elements:
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            if name in ("src", "srcset"):
                assert value.startswith("data:")
            if name == "href":
                assert value.startswith("#")
    text = path.read_text()
    assert "@import" not in text
    assert "url(" not in text
    (policy,) = [a["content"] for _, a in page.all("meta") if "http-equiv" in a]
    assert policy.startswith("default-src 'none';")


def test_every_picture_decodes_and_says_what_is_seen(full):
    page = full[2]
    images = page.all("img")
    assert len(images) == len(page.all("source")) == 9
    for _, attributes in images:
        assert len(attributes["alt"]) > 60
        assert 300 < int(attributes["width"]) < 800
    kinds = [kind for kind, _ in page.pictures()]
    assert sorted(set(kinds)) == ["svg+xml", "webp"]
    for kind, data in page.pictures():
        if kind == "webp":
            Image.open(io.BytesIO(data)).load()
        else:
            root = xml.etree.ElementTree.fromstring(data)
            assert root.tag.endswith("svg")
            assert not list(root.iter("{http://www.w3.org/2000/svg}script"))
    alts = " ".join(a["alt"] for _, a in images)
    assert "the loss of the discriminator goes from 2 to 13" in alts
    assert "precision 0.6 and recall 0.4" in alts


def test_small_pictures_are_exact(full):
    kind, data = full[2].pictures()[1]
    assert kind == "webp"
    pixels = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    colours = {
        tuple(colour)
        for colour in np.unique(
            pixels[::5, ::5].reshape(-1, 3), axis=0
        ).tolist()
    }
    assert {(0, row, kimg) for row in range(5) for kimg in (0, 12)} <= colours


def test_phones_are_given_narrower_figures(full):
    page = full[2]
    svgs = [data for kind, data in page.pictures() if kind == "svg+xml"]
    widths = [
        float(re.search(rb'viewBox="0 0 ([\d.]+)', data)[1]) for data in svgs
    ]
    half = len(svgs) // 2
    assert min(widths[:half]) >= 5 * 72
    assert max(widths[half:]) < 4.3 * 72


def test_headings_are_in_order_and_linked(full):
    page = full[2]
    levels = [int(tag[1]) for tag, _ in page.all("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False))
    ids = [a["id"] for _, a in page.elements if "id" in a]
    assert len(ids) == len(set(ids))
    targets = [a["href"][1:] for _, a in page.all("a")]
    assert targets == ids
    sections = [a["aria-labelledby"] for _, a in page.all("section")]
    assert sections == ids
    assert page.all("html")[0][1]["lang"] == "en"
    assert len(page.all("main")) == 1


def test_tables_have_headers_and_scroll_by_themselves(full):
    page = full[2]
    assert len(page.all("table")) == len(page.all("caption")) == 2
    scopes = {a["scope"] for _, a in page.all("th")}
    assert scopes == {"col", "row"}
    scrollers = [a for _, a in page.all("div") if a.get("class") == "scroller"]
    assert len(scrollers) == 2
    assert all(a["tabindex"] == "0" and a["aria-label"] for a in scrollers)


def test_dark_screens_and_paper_have_styles(full):
    text = full[1].read_text()
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text


def test_it_tells_what_the_run_is(full):
    text = full[2].text
    for words in (
        "Finished after 12 kimg",
        "60 images, x (made for a test)",
        "not stated: look it up",
        "16x16 fade in",
        "NonSaturating(gradient_weight=0.5, penalty_interval=8)",
        "f00d",
        "progan generate 00000-x",
    ):
        assert words in text


def test_the_licence_of_the_data_is_told(tmp_path):
    run = make_run(tmp_path, [], name="emoji_portraits")
    data = run.options["data"]
    assert "not stated" in page_of(run).text  # a folder of that name
    data["licence"] = "CC0"
    assert "CC0" in page_of(run).text
    data["source"] = "embedded in progan_keras: Noto and Fluent emoji"
    assert "Apache-2.0 (Noto Emoji) and MIT (Fluent" in page_of(run).text


def test_warnings_are_told_once_with_when_they_were_given(full):
    texts = full[2].text
    assert texts.count("D wins & more.") == 1
    assert "From 4 to 5 kimg, 2 times:" in texts
    assert "At 9 kimg, in 16x16 stabilise:" in texts


def test_measurements_stand_beside_their_floor_count_and_caveat(full):
    page = full[2]
    cells = [data for tag, data in page.texts if tag in ("th", "td")]
    start = cells.index("Kernel distance (KID)")
    assert cells[start : start + 10] == [
        "Kernel distance (KID)",
        *("0.01667", "0.01", "0", "0.01667 at 12 kimg", "lower"),
        *("1,000", "0", "net", "12 kimg, 16x16"),
    ]
    assert "– level 16x16" in cells
    assert "than the paper's 16,384" in page.text
    assert "Features of net are not those of published" in page.text


def test_the_best_is_the_best_of_what_compares(tmp_path):
    def kid(value, count=1000):
        return {"kid_a": {**result(value, features="a"), "count": count}}

    records = [
        evaluation(6, 8, **kid(0.1)),
        evaluation(9, 16, **kid(0.3)),
        evaluation(10, 16, **kid(0.2, count=9)),
        evaluation(11, 16, **kid(float("nan"))),
        evaluation(12, 16, **kid(0.4)),
    ]
    page = page_of(make_run(tmp_path, records))
    assert "0.3 at 9 kimg" in page.text


def test_the_best_generator_and_other_data_are_told(tmp_path):
    other = {"name": "elsewhere", "fingerprint": "beef"}
    measured = result(1.0, data=other, split="test")
    run = make_run(tmp_path, [evaluation(9, swd=measured)])
    (run.path / "best").mkdir()
    (run.path / "best" / "scores.json").write_text(
        '{"kimg": 7.5, "scores": {}}'
    )
    text = page_of(run).text
    assert "measured against elsewhere, split test: other images" in text
    assert "7.5 kimg, is kept in" in text


def page_of(run, **kwargs):
    return Page(write_report(run, **kwargs).read_text(encoding="utf-8"))


def test_hostile_names_are_shown_and_not_obeyed(tmp_path):
    records = [full_tick(1, warnings=[HOSTILE])]
    hostile = {HOSTILE: result(1.0, features=HOSTILE)}
    records.append(evaluation(1, 4, **hostile))
    classes = [HOSTILE, r"$\no{math$", "two\nlines", ""]
    run = make_run(tmp_path, records, classes=classes)
    add_grids(run, [0, 1], classes)
    for part in run.options.values():
        for key, value in part.items():
            if isinstance(value, str):
                part[key] = HOSTILE
    run.options["notice"] = HOSTILE
    page = page_of(run)
    assert not page.all("script")
    for name in classes:
        assert name in page.text
    assert page.text.count(HOSTILE) > 8


def test_no_folder_of_this_machine_is_named(full, tmp_path):
    assert str(full[0].path.parent) not in full[1].read_text()
    for source, shown in (
        ("folder /home/me/photos of x", "60 images, x (folder)"),
        (r"folder C:\Users\me\photos", "60 images, x (folder)"),
        ("/home/me/a.npz", "60 images, x "),
        ("cifar10 of tensorflow-datasets", "(cifar10 of tensorflow-datasets)"),
        ("lsun/bedroom", "(lsun/bedroom)"),
    ):
        run = make_run(tmp_path, [])
        run.options["data"]["source"] = source
        text = page_of(run).text
        assert shown in text
        assert "me" not in text.split()
        assert "/home" not in text


def test_a_run_that_has_only_begun_has_a_page(tmp_path):
    page = page_of(make_run(tmp_path, []))
    assert not page.all("img")
    for words in (
        "nothing trained yet",
        "no grids of pictures yet",
        "Nothing is recorded yet",
        "Nothing was measured yet",
        "progan evaluate 00000-x",
    ):
        assert words in page.text


def test_an_older_run_of_one_tick_has_a_page(tmp_path):
    run = add_grids(make_run(tmp_path, [tick(3)]), [0, 3])
    page = page_of(run)
    assert len(page.all("img")) == 3
    assert "At 3 of 12 kimg" in page.text
    assert "has no diagnostics" in page.text


def test_a_single_evaluation_is_a_table_and_no_curve(tmp_path):
    page = page_of(make_run(tmp_path, [evaluation(12)]))
    assert len(page.all("img")) == 1  # precision over recall


def test_photographs_are_kept_small(tmp_path):
    schedule = pk.Schedule(256, 100, 100)
    run = make_run(tmp_path, [], schedule)
    noise = pk.latents.sample(2560, 1536, 0).reshape(1536, 2560)
    noise = Image.fromarray((noise * 40 + 128).clip(0, 255).astype("uint8"))
    run.grids.mkdir()
    for path in (run.grids / "reals.png", *map(run.grid_path, range(9))):
        noise.save(path)
    path = write_report(run)
    assert path.stat().st_size < 2e6  # even of noise
    assert len(Page(path.read_text()).all("img")) == 2


def test_texts_are_escaped_and_html_is_not():
    built = element("p", "<&>", element("b", '"'), [1, "'"], class_='"x"')
    assert built == (
        '<p class="&quot;x&quot;">&lt;&amp;&gt;<b>&quot;</b>1&#x27;</p>'
    )
    assert join(["<", built]).startswith("&lt;<p")


CALLS = {
    "plain": (SCHEDULE, {}),
    "by resolution": (
        pk.Schedule(
            16,
            {4: 100, None: 300},
            {8: 0, 16: 50},
            batch_size={4: 8, None: 4},
            learning_rate={16: 0.002, None: 0.001},
            n_critic=2,
        ),
        {"update": "alternating"},
    ),
    "not growing": (pk.Schedule(16, 500, start_resolution=16), {}),
    "no stabilising": (pk.Schedule(16, {4: 10, 16: 20, None: 0}, 50), {}),
}


@pytest.mark.parametrize("case", CALLS)
def test_the_call_trains_as_the_run_did(case):
    schedule, more = CALLS[case]
    stages = schedule.stages
    recipe = dataclasses.replace(
        pk.recipes.get("quickstart"),
        stabilise_images=by_side(stages, False),
        fade_images=by_side(stages, True),
        total_images=None,
        batch_size={s.resolution: s.batch_size for s in stages},
        learning_rate={s.resolution: s.learning_rate for s in stages},
        n_critic=stages[0].n_critic,
        growing=stages[0].resolution == 4,
        **more,
    )
    gan = pk.ProGAN(16, latent_dim=8, fmap_base=32, fmap_max=8, seed=3)
    plan = Plan(gan, None, recipe, tick_kimg=0.5)
    assert [s.images for s in plan.schedule] == [s.images for s in stages]
    options = {
        "network": dataclasses.asdict(gan.config),
        "data": {"name": "emoji_portraits", "fingerprint": "x"},
        "training": plan.to_dict(),
        "tick_images": plan.tick_images,
    }
    again = run_call(training_call(options))
    assert dataclasses.asdict(again.gan.config) == options["network"]
    assert again.to_dict() == plan.to_dict()
    assert again.tick_images == 500


def by_side(stages, fade):
    images = {s.resolution: s.images for s in stages if s.fade_in == fade}
    return {**images, None: 0}


def run_call(source):
    """Run a call, but plan where it would train, without images."""

    class Package:
        ProGAN, losses, recipes = pk.ProGAN, pk.losses, pk.recipes

        class data:  # noqa: N801
            @staticmethod
            def load(name, resolution, num_channels):
                assert name == "emoji_portraits"

        @staticmethod
        def train(gan, images, run_dir, recipe, tick_kimg):
            found.append(Plan(gan, images, recipe, tick_kimg))

    found = []
    exec(
        source.replace("import progan_keras as pk", ""),
        {"pk": Package},
    )
    return found[0]


def test_the_call_loads_images_as_the_run_did(tmp_path):
    options = make_run(tmp_path, []).options
    options["load"] = {"labels": "style", "fit": "pad", "background": "#fff"}
    call = training_call(options).split("gan = ")[0]
    assert (
        "    labels='style',\n    fit='pad',\n    background='#fff',\n" in call
    )
    compile(call, "call", "exec")


def test_a_run_from_trained_weights_is_told_to_start_from_them(tmp_path):
    run = make_run(tmp_path, [], pk.Schedule(16, 100, 100, start_resolution=8))
    training = run.options["training"]
    training |= {"origin": "cafe\nimport os", "frozen_below": 8}
    source = training_call(run.options)
    assert "# Fingerprint of the weights: cafe import os\n" in source
    assert "frozen_below=8" in source
    assert "growing" not in source
    compile(source, "call", "exec")
