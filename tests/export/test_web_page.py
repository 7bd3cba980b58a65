"""The page of a web export, in a real browser if there is one."""

import contextlib
import json
import threading

import browser
import numpy as np
import pytest
from gan_checks import randomize, tiny
from PIL import Image

import progan_keras as pk
from progan_keras.export.web_server import make_server

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(browser.PROGRAM is None, reason="no Chromium here"),
]
# Out of a copy: the page's own canvas is none that is read from.
PIXELS = """(() => {
  const canvas = document.getElementById("%s");
  const copy = document.createElement("canvas");
  copy.width = copy.height = canvas.width;
  const context = copy.getContext("2d", { willReadFrequently: true });
  context.drawImage(canvas, 0, 0);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.width);
  return Array.from(data);
})()"""


@contextlib.contextmanager
def served(folder):
    with make_server(folder, 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def opened(folder, profile):
    """The page of a folder in a browser, with its first picture."""
    with served(folder) as address, browser.Browser(profile) as page:
        page.look(1000, 900)
        page.call("Page.navigate", url=address)
        drawn(page)
        yield page
        assert page.complaints == []
        # The worker's are heard, too.
        assert f"{address}generator.onnx" in page.requests
        # A blob is of the page's own making, data: an address of its own.
        others = [
            url
            for url in page.requests
            if not url.startswith((address, f"blob:{address}", "data:"))
        ]
        assert others == []


def drawn(page):
    """Wait until all that was asked for is on the page."""
    page.wait_for(
        "document.querySelector('#controls[aria-busy=false], .error') !== null"
    )
    assert page.complaints == []


def change(page, id, value):
    """Set a control as its user does."""
    page.evaluate(
        f"""(() => {{
          const control = document.getElementById("{id}");
          control.value = {json.dumps(value)};
          control.dispatchEvent(new Event("input"));
          control.dispatchEvent(new Event("change"));
        }})()"""
    )
    drawn(page)


def shown(page, id="picture"):
    """The picture in a canvas, uint8 [R, R, 4]."""
    pixels = np.array(page.evaluate(PIXELS % id), "uint8")
    side = int(np.sqrt(len(pixels) // 4))
    return pixels.reshape(side, side, 4)


def latent(page, seed):
    """What the page draws for a seed, float32 [1, 8]."""
    numbers = page.evaluate(
        f"""import(new URL("latents.js", location))
          .then((module) => Array.from(module.latent({seed}, 8)))"""
    )
    return np.array([numbers], "float32")


def assert_shows(page, picture, id="picture"):
    (picture,) = picture
    pixels = shown(page, id).astype(int)
    assert (pixels[..., 3] == 255).all()
    assert np.abs(pixels[..., :3] - picture).max() <= 1


@pytest.fixture(scope="module")
def gan():
    return randomize(tiny())


@pytest.fixture(scope="module")
def conditional():
    gan = randomize(tiny(num_classes=3))
    gan.class_names = ["cat", "<b>dog</b>", "no bird"]
    return gan


@pytest.fixture(scope="module")
def folder(gan, tmp_path_factory):
    return gan.export(tmp_path_factory.mktemp("page") / "web", format="web")


def test_the_page_shows_what_the_generator_makes(gan, folder, tmp_path):
    with opened(folder, tmp_path / "profile") as page:
        first, second = latent(page, 1), latent(page, 2)
        assert_shows(page, gan.generate(latents=first))
        assert_shows(page, gan.generate(latents=first), "first")
        assert_shows(page, gan.generate(latents=second), "second")
        change(page, "way", 100)
        assert_shows(page, gan.generate(latents=second))
        change(page, "way", 30)
        between = pk.latents.slerp(first, second, 0.3)
        assert_shows(page, gan.generate(latents=between))
        change(page, "truncation", 60)
        assert_shows(page, gan.generate(latents=between, truncation=0.6))
        change(page, "truncation", 100)
        change(page, "first-seed", 12)
        assert_shows(page, gan.generate(latents=latent(page, 12)))
        # The other way: a whole sheet, and one of its pictures.
        page.evaluate("document.querySelector('#sheet button').click()")
        drawn(page)
        assert_shows(page, gan.generate(latents=latent(page, 3)))


def test_the_page_shows_each_resolution(gan, folder, tmp_path):
    with opened(folder, tmp_path / "profile") as page:
        for number, side in enumerate((4, 8)):
            page.evaluate(
                f"document.querySelectorAll('#growth canvas')[{number}].id"
                f" = 'at-{side}'"
            )
            pictures = gan.generate(latents=latent(page, 1), resolution=side)
            assert_shows(page, pictures, f"at-{side}")


def test_the_page_asks_for_classes(conditional, tmp_path):
    folder = conditional.export(tmp_path / "web", format="web")
    with opened(folder, tmp_path / "profile") as page:
        names = page.evaluate(
            "Array.from(document.querySelectorAll('option'), (o) => o.text)"
        )
        assert names == ["cat", "<b>dog</b>", "no bird"]
        z = latent(page, 1)
        assert_shows(page, conditional.generate(latents=z, labels=0))
        change(page, "class", "no bird")
        assert_shows(page, conditional.generate(latents=z, labels=2))
        status = page.evaluate("document.getElementById('status').textContent")
        assert status == "Generated picture of class no bird, seed 1."


@pytest.mark.parametrize("num_channels", [1, 4])
def test_the_page_shows_grey_and_transparent_pictures(num_channels, tmp_path):
    gan = randomize(tiny(num_channels=num_channels))
    folder = gan.export(tmp_path / "web", format="web")
    with opened(folder, tmp_path / "profile") as page:
        (picture,) = gan.generate(latents=latent(page, 1)).astype(int)
        pixels = shown(page).astype(int)
        if num_channels == 1:
            assert np.abs(pixels[..., :3] - picture).max() <= 1
            assert (pixels[..., 3] == 255).all()
        else:
            assert np.abs(pixels[..., 3:] - picture[..., 3:]).max() <= 1
            # A canvas keeps colours multiplied by how opaque they are.
            opaque = picture[..., 3:] / 255
            assert opaque.max() > 0.2
            assert np.abs((pixels - picture) * opaque).max() <= 2


def test_a_seed_is_a_whole_number(folder, tmp_path):
    with opened(folder, tmp_path / "profile") as page:
        before = shown(page)
        for wrong in ("-1", "4294967296", "1.5", ""):
            change(page, "first-seed", wrong)
            np.testing.assert_array_equal(shown(page), before)


def test_the_saved_picture_is_the_one_that_is_shown(folder, tmp_path):
    with opened(folder, tmp_path / "profile") as page:
        page.call(
            "Page.setDownloadBehavior",
            behavior="allow",
            downloadPath=str(tmp_path),
        )
        page.evaluate("document.getElementById('save').click()")
        path = tmp_path / "seed-1.png"
        page.wait_for("new Promise((done) => setTimeout(done, 300, true))")
        picture = np.asarray(Image.open(path).convert("RGBA"))
        np.testing.assert_array_equal(picture, shown(page))


def test_the_keyboard_reaches_everything_and_all_has_a_name(folder, tmp_path):
    with opened(folder, tmp_path / "profile") as page:
        order = []
        for _ in range(8):
            page.press("Tab", 9)
            order.append(page.evaluate("document.activeElement.id"))
        assert order == [
            *("first-seed", "first-new", "second-seed", "second-new"),
            *("way", "truncation", "save", ""),
        ]
        page.evaluate("document.getElementById('way').focus()")
        for _ in range(20):
            page.press("ArrowRight", 39)
        drawn(page)
        words = page.evaluate(
            "document.getElementById('picture').getAttribute('aria-label')"
        )
        assert "20 % of the way from seed 1 to seed 2" in words
        tree = page.call("Accessibility.getFullAXTree")["nodes"]
        roles = {"button", "combobox", "image", "slider", "spinbutton"}
        found = [
            (node["role"]["value"], node["name"]["value"])
            for node in tree
            if not node["ignored"] and node["role"]["value"] in roles
        ]
        assert {role for role, _ in found} == roles - {"combobox"}
        assert all(name for _, name in found)


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_phones_and_desks(folder, width, scheme, tmp_path):
    with opened(folder, tmp_path / "profile") as page:
        page.look(width, 800, scheme, mobile=width < 500)
        widest = page.evaluate("document.documentElement.scrollWidth")
        assert widest <= width
        path = tmp_path / "page.png"
        page.screenshot(path)
        corner = Image.open(path).convert("L").getpixel((1, 1))
        assert (corner < 50) == (scheme == "dark")


@pytest.mark.parametrize("name", ["generator.onnx", "model.json"])
def test_a_folder_without_a_file_says_so(gan, name, tmp_path):
    folder = gan.export(tmp_path / "web", format="web")
    (folder / name).unlink()
    with served(folder) as address, browser.Browser(tmp_path / "p") as page:
        page.call("Page.navigate", url=address)
        words = page.wait_for("document.querySelector('.error')?.textContent")
        assert f"does not run here: {name}: 404" in words
