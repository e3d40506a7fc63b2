"""From a file to rows of the store: read it, map its columns, ask what is open, check every cell, load it."""

from riskcore.ingest.asking import questions
from riskcore.ingest.checking import Checked, check
from riskcore.ingest.files import fix_of, set_aside_csv, template_csv
from riskcore.ingest.kinds import CUSTOMERS, KINDS, Kind
from riskcore.ingest.loading import Prepared, load, remembered_headings, seen_before
from riskcore.ingest.mapping import Match, propose
from riskcore.ingest.opening import Opened, Refused, open_file
from riskcore.ingest.preparing import Preparing, prepare
from riskcore.ingest.questioning import Option, Question, worded
from riskcore.ingest.upload import Broken, Upload, from_rows, read
from riskcore.ingest.words import normalise_heading

__all__ = [
    "CUSTOMERS",
    "KINDS",
    "Broken",
    "Checked",
    "Kind",
    "Match",
    "Opened",
    "Option",
    "Prepared",
    "Preparing",
    "Question",
    "Refused",
    "Upload",
    "check",
    "fix_of",
    "from_rows",
    "load",
    "normalise_heading",
    "open_file",
    "prepare",
    "propose",
    "questions",
    "read",
    "remembered_headings",
    "seen_before",
    "set_aside_csv",
    "template_csv",
    "worded",
]
