"""A report to take along: one HTML file that opens anywhere, and a ZIP of tables and graphs. No Streamlit here."""

from a2q_studio.run_report.archive import build_archive as build_archive
from a2q_studio.run_report.contents import Contents as Contents
from a2q_studio.run_report.contents import read_contents as read_contents
from a2q_studio.run_report.page import build_page as build_page
