"""Where frames go: OSC, Live Link Face, takes.

Bytes are made by pure encoders (``oscwire``, ``frame_packet``, ``hello_packet``, ``schema_packet``,
``osc_controls``, ``livelink_face``), which ``outputs`` joins with the socket of ``udp``; ``take`` writes
files. ``pacing`` makes frames leave evenly.
"""

from cstalk_live.output.base import Output, OutputStatus
from cstalk_live.output.curve_table import CurveTable
from cstalk_live.output.frame_packet import FramePacket, FramePacketEncoder, decode_frame
from cstalk_live.output.hello_packet import Hello, decode_hello, encode_hello
from cstalk_live.output.layout import ARKIT_LAYOUT, BOARD_LAYOUT, RAW_LAYOUT, Layout, layout_named
from cstalk_live.output.livelink_face import (
    LIVELINK_PORT,
    LiveLinkFaceEncoder,
    LiveLinkFacePacket,
    decode_livelink_face,
)
from cstalk_live.output.osc_controls import DEFAULT_TEMPLATE, ControlsEncoder, control_addresses
from cstalk_live.output.outputs import LiveLinkFaceOutput, OscControlsOutput, OscFrameOutput, new_session
from cstalk_live.output.pacing import FramePacer, PacerStatus
from cstalk_live.output.schema_packet import SchemaChunk, SchemaCollector, decode_schema, encode_schema
from cstalk_live.output.take import TakeRecorder, TakeSummary
from cstalk_live.output.take_info import TakeInfo
from cstalk_live.output.target import OSC_PORT, Endpoint, Target, parse_target, resolve
from cstalk_live.output.timecode import FrameRate, TimeOfDay, timecode
from cstalk_live.output.udp import UdpSender

__all__ = [
    "ARKIT_LAYOUT",
    "BOARD_LAYOUT",
    "DEFAULT_TEMPLATE",
    "LIVELINK_PORT",
    "OSC_PORT",
    "RAW_LAYOUT",
    "ControlsEncoder",
    "CurveTable",
    "Endpoint",
    "FramePacer",
    "FramePacket",
    "FramePacketEncoder",
    "FrameRate",
    "Hello",
    "Layout",
    "LiveLinkFaceEncoder",
    "LiveLinkFaceOutput",
    "LiveLinkFacePacket",
    "OscControlsOutput",
    "OscFrameOutput",
    "Output",
    "OutputStatus",
    "PacerStatus",
    "SchemaChunk",
    "SchemaCollector",
    "TakeInfo",
    "TakeRecorder",
    "TakeSummary",
    "Target",
    "TimeOfDay",
    "UdpSender",
    "control_addresses",
    "decode_frame",
    "decode_hello",
    "decode_livelink_face",
    "decode_schema",
    "encode_hello",
    "encode_schema",
    "layout_named",
    "new_session",
    "parse_target",
    "resolve",
    "timecode",
]
