"""The control room: the page that shows the face and steers it, and what builds that page."""
