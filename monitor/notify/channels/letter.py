"""What a mail says (RFC 5322); how it is sent is none of its concern.

The Message-ID is made of the batch's id: what is sent twice is the same mail to whoever reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from monitor.notify import wording
from monitor.outbox import Batch, Message
from monitor.receivers import Email


def render(batch: Batch, settings: Email, at: datetime) -> EmailMessage:
    """The mail that tells of *batch*."""
    messages = wording.newest(batch.messages)
    mail = EmailMessage()
    mail["Subject"] = wording.headline(messages, at, limit=180)
    mail["From"] = settings.sender
    mail["To"] = ", ".join(settings.to)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{batch.id}@{settings.sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday greeting comes back.
    mail.set_content(_content(messages, str(mail["Subject"]), at))
    return mail


def _content(messages: Sequence[Message], subject: str, at: datetime) -> str:
    """What stands below *subject*, which is not said again unless it had to be cut."""
    whole = wording.headline(messages, at)
    lines = [] if whole == subject else [whole, ""]
    told = wording.paragraph(messages[0], at)[1:] if len(messages) == 1 else [wording.body(messages, at)]
    return "\n".join([*lines, *told, ""])
