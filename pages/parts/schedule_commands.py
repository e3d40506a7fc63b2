"""How a book is assessed where no server stands: lines for cron, systemd and the Windows scheduler, to be copied."""

import shlex
import subprocess
import sys
from pathlib import Path

import streamlit as st

from riskcore import book
from riskcore.schedule import Rule
from riskcore.text import Words

_TOP = Path(__file__).parents[2]


def show(t: Words, rule: Rule, kind: book.Kind) -> None:
    """The commands, folded away; the time of day is the rule's."""
    at = f"{rule.hour:02}:{rule.minute:02}"
    with st.expander(t("schedule.elsewhere"), icon=":material/terminal:"):
        st.markdown(t("schedule.elsewhere_note", at=at.replace(":", r"\:")))
        for label, lines in (
            (t("schedule.cron"), cron(rule, kind)),
            (t("schedule.systemd"), systemd(at, kind)),
            (t("schedule.windows"), windows(at, kind)),
        ):
            st.markdown(label)
            st.code(lines, language=None, wrap_lines=True)


def cron(rule: Rule, kind: book.Kind) -> str:
    """A line of a crontab; there a per cent sign ends the command."""
    command = f"cd {shlex.quote(str(_TOP))} && {shlex.join(_command(kind))}"
    return f"{rule.minute} {rule.hour} * * * " + command.replace("%", r"\%")


def systemd(at: str, kind: book.Kind) -> str:
    """Two unit files and what starts them; there a per cent sign and a dollar sign are written twice."""
    command = shlex.join(_command(kind)).replace("$", "$$").replace("%", "%%")
    folder = str(_TOP).replace("%", "%%")
    service = ("# riskcore.service", "[Service]", "Type=oneshot", f"WorkingDirectory={folder}", f"ExecStart={command}")
    timer = ("# riskcore.timer", "[Timer]", f"OnCalendar=*-*-* {at}:00", "Persistent=true")
    install = ("[Install]", "WantedBy=timers.target")
    return "\n".join((*service, "", *timer, "", *install, "", shlex.join(_STARTED)))


def windows(at: str, kind: book.Kind) -> str:
    """Two lines of PowerShell, where a quote within quotes is written twice."""
    program, *rest = _command(kind)
    action = (
        f"$do = New-ScheduledTaskAction -Execute {_quoted(program)} "
        f"-Argument {_quoted(subprocess.list2cmdline(rest))} -WorkingDirectory {_quoted(str(_TOP))}"
    )
    when = f"(New-ScheduledTaskTrigger -Daily -At {at})"
    return f"{action}\nRegister-ScheduledTask -TaskName riskcore -Action $do -Trigger {when}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


_STARTED = ("systemctl", "--user", "enable", "--now", "riskcore.timer")


def _command(kind: book.Kind) -> list[str]:
    # By its whole name: what a scheduler starts knows nothing of the environment that names the folder of the books.
    return [sys.executable, "-m", "riskcore", "assess", "--as-of", "today", "--store", str(book.path(kind).resolve())]
