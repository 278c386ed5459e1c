"""Share: one press puts the address of exactly this view on the clipboard."""

import streamlit as st

_HTML = """
<button type="button" title="Copy a link to exactly this view">
  <svg aria-hidden="true" viewBox="0 0 24 24" width="18" height="18" fill="none" stroke="currentColor" stroke-width="2">
    <path d="M10 14a4 4 0 0 0 6 0l4-4a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-4 4a4 4 0 0 0 6 6l1-1"/>
  </svg>
  <span class="label" aria-live="polite">Share</span>
</button>
"""

_CSS = """
button {
  display: flex;
  align-items: center;
  gap: 0.5rem;
  min-height: 2.5rem;
  padding: 0.25rem 0.75rem;
  font: 0.875rem var(--st-font);
  color: var(--st-text-color);
  background: var(--st-background-color);
  border: 1px solid var(--st-border-color);
  border-radius: var(--st-button-radius);
  cursor: pointer;
  white-space: nowrap;
}
button:hover { border-color: var(--st-primary-color); color: var(--st-primary-color); }
button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
"""

# The address bar is what a link must say: reading it in the browser, at the press, leaves no second account of
# the view. Outside https and this machine browsers have no clipboard for pages; there the old command copies.
_JS = """
export default function ({ parentElement }) {
  const button = parentElement.querySelector("button")
  const label = parentElement.querySelector(".label")
  const old = (text) => {
    const area = document.createElement("textarea")
    area.value = text
    document.body.appendChild(area)
    area.select()
    const copied = document.execCommand("copy")
    area.remove()
    return copied
  }
  button.onclick = async () => {
    const link = window.location.href
    let copied = false
    try {
      await navigator.clipboard.writeText(link)
      copied = true
    } catch {
      copied = old(link)
    }
    label.textContent = copied ? "Link copied" : "Copy the address bar"
    setTimeout(() => { label.textContent = "Share" }, 4000)
  }
}
"""

_button = st.components.v2.component("a2q_share", html=_HTML, css=_CSS, js=_JS)


def share_button() -> None:
    """A button that copies the page's address, parameters of the view included, and says that it did."""
    _button(key="share", width="content")
