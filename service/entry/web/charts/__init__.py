"""Charts as SVG from the server. Each carries its values as text, and works without a script."""

from service.entry.web.charts.marks import HOT_SCORE, LONGEST_BRIDGE, STATES, Night, number
from service.entry.web.charts.severity import NARROW, WIDE, Marker, severity_chart
from service.entry.web.charts.small import bars, heat_strip, sparkline, state_sign

__all__ = [
    "HOT_SCORE",
    "LONGEST_BRIDGE",
    "NARROW",
    "STATES",
    "WIDE",
    "Marker",
    "Night",
    "bars",
    "heat_strip",
    "number",
    "severity_chart",
    "sparkline",
    "state_sign",
]
