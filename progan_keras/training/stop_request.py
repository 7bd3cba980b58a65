"""Ctrl-C, SIGTERM and SIGHUP, as wishes granted between two steps."""

import contextlib
import signal
import threading

# The last one tells that a terminal was closed; Windows has none.
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
_SIGNALS = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]


class StopRequest:
    """Notes the first such signal; a second one ends the process.

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
                # What was started by `nohup` is to stay deaf.
                if signal.getsignal(signum) != signal.SIG_IGN:
                    self._before[signum] = signal.signal(signum, self._note)
        return self

    def __exit__(self, *error):
        for signum, handler in self._before.items():
            signal.signal(signum, handler)

    def _note(self, signum, frame):
        self.signum = signal.Signals(signum)
        for each in self._before:
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
        try:
            self._at_once = True
            if self.signum is not None:
                raise KeyboardInterrupt
            yield
        finally:
            self._at_once = False

    def leave(self):
        """Leave as the signal wants, with 128 and its number as exit code.

        Raises:
            KeyboardInterrupt: after Ctrl-C.
            SystemExit: after others, with 143 for SIGTERM.
        """
        if self.signum in (None, signal.SIGINT):
            raise KeyboardInterrupt
        raise SystemExit(128 + self.signum)
