"""Precision over recall: a point per evaluation."""

from figures.made_runs import evaluation, make_run, result

from progan_keras import figures


def points(axes):
    """Label -> (recall, precision) of all runs."""
    return {
        c.get_label(): (
            c.lines[0].get_xdata().tolist(),
            c.lines[0].get_ydata().tolist(),
        )
        for c in axes.containers
    }


def note(figure):
    return figure.get_supxlabel().replace("\n", " ")


def test_points_are_the_evaluations_in_order(tmp_path):
    (axes,) = figures.precision_recall(make_run(tmp_path)).axes
    assert points(axes) == {"00000-x": ([10 / 30, 12 / 30], [0.5, 0.6])}
    assert [t.get_text() for t in axes.texts] == ["10 kimg", "12 kimg"]
    dashed = [line for line in axes.lines if line.is_dashed()]
    ends = [(list(line.get_xdata()), list(line.get_ydata())) for line in dashed]
    assert ends == [([0.7, 0.7], [0, 1]), ([0, 1], [0.7, 0.7])]
    assert "Dashed: what other real images reach." in note(axes.figure)
    assert axes.get_legend() is None


def test_runs_are_compared_and_named(tmp_path):
    runs = [make_run(tmp_path), make_run(tmp_path, name="y")]
    figure = figures.precision_recall(runs)
    assert list(points(figure.axes[0])) == ["00000-x", "00001-y"]
    legend = figure.axes[0].get_legend()
    assert [t.get_text() for t in legend.get_texts()] == ["00000-x", "00001-y"]


def test_feature_networks_are_kept_apart(tmp_path):
    more = {
        f"{kind}_{network}": result(0.5, features=network)
        for kind in ("precision", "recall")
        for network in ("a", "b")
    }
    lone = {"precision_c": result(0.5, features="c")}
    run = make_run(tmp_path, [evaluation(9, **more, **lone)])
    figure = figures.precision_recall(run)
    assert list(points(figure.axes[0])) == ["00000-x, a", "00000-x, b"]
    assert note(figure).startswith("Features: a, b.")
    assert "Dashed" not in note(figure)


def test_evaluations_without_numbers_are_left_out(tmp_path):
    unknown = {
        "precision_net": result(None, features="net"),
        "recall_net": result(0.1, features="net"),
    }
    records = [evaluation(9, **unknown), evaluation(10)]
    (axes,) = figures.precision_recall(make_run(tmp_path, records)).axes
    assert points(axes) == {"00000-x": ([10 / 30], [0.5])}
    assert [text.get_text() for text in axes.texts] == ["10 kimg"]
