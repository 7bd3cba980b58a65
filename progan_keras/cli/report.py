"""Write one page about a run: pictures, curves, measurements, settings.

The page is a single HTML file that can be mailed or printed.
"""

HELP = "write a page with all figures of a run"


def add_arguments(parser):
    """Declare the options of `progan report`."""
    parser.add_argument(
        "run", help="a run folder, or a folder that holds runs (the newest)"
    )
    parser.add_argument(
        "--output", help="default: report.html in the run folder"
    )


def run(options):
    """Write the page and say where."""
    from progan_keras.report import write_report

    print(f"report in {write_report(options.run, options.output)}")
