"""Ctrl-C and SIGTERM, as wishes that the loop grants between two steps."""

import contextlib
import signal
import threading

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopRequest:
    """Notes the first Ctrl-C or SIGTERM; a second one ends the process.

    A context manager: the handlers before it are set again at its end. Only
    the main thread is told of signals; elsewhere nothing is ever noted.

    Attributes:
        signum: `signal.Signals` of the wish, or None.
    """

    def __init__(self):
        self.signum = None
        self._before = {}
        self._at_once = False

    def __enter__(self):
        if threading.current_thread() is threading.main_thread():
            for signum in _SIGNALS:
                self._before[signum] = signal.signal(signum, self._note)
        return self

    def __exit__(self, *error):
        for signum, handler in self._before.items():
            signal.signal(signum, handler)

    def _note(self, signum, frame):
        self.signum = signal.Signals(signum)
        for each in _SIGNALS:
            # Who asks twice is not made to wait, not even for TensorFlow.
            signal.signal(each, signal.SIG_DFL)
        if self._at_once:
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def at_once(self):
        """Raise KeyboardInterrupt in this block when the wish comes.

        For long work that can be done again, between steps. It is raised
        before the block, too, if the wish is there already.
        """
        self._at_once = True
        try:
            if self.signum is not None:
                raise KeyboardInterrupt
            yield
        finally:
            self._at_once = False

    def leave(self):
        """Leave as the signal wants: exit code 130 after Ctrl-C, 143 else.

        Raises:
            KeyboardInterrupt: after Ctrl-C.
            SystemExit: after SIGTERM, with 143.
        """
        if self.signum == signal.SIGTERM:
            raise SystemExit(128 + signal.SIGTERM)
        raise KeyboardInterrupt
