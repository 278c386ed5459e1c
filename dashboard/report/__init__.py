"""A report to take along: one HTML file that opens anywhere, and a ZIP of tables and graphs. No Streamlit here."""

from dashboard.report.archive import build_archive as build_archive
from dashboard.report.contents import Contents as Contents
from dashboard.report.contents import read_contents as read_contents
from dashboard.report.page import build_page as build_page
