"""What a tired person reads: tables and pages of text, worst first. Only this package knows rich.

A vendor's text is shown without control characters and never as markup. Colour and progress are for terminals; what is
piped is plain, and no narrower than its content.
"""

from monitor.show.console import console, progress
from monitor.show.details import show_details
from monitor.show.lists import show_table
from monitor.show.outages import show_outages
from monitor.show.pages import show_page
from monitor.show.reports import show_reports
from monitor.show.sight import show_sight

__all__ = ["console", "progress", "show_details", "show_outages", "show_page", "show_reports", "show_sight", "show_table"]
