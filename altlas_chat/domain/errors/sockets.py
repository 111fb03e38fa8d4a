"""What ends or disturbs a socket."""

from altlas_chat.domain.errors.base import ChatError


class AuthTimeout(ChatError):
    code = "AUTH_TIMEOUT"
    status = 401
    title = "No auth frame came in time"
    remedy = "Connect again and send `auth` first."


class AlreadyAuthenticated(ChatError):
    code = "ALREADY_AUTHENTICATED"
    status = 409
    title = "The socket is authenticated already"
    remedy = "Open another socket for another person."


class UnknownCommand(ChatError):
    code = "UNKNOWN_COMMAND"
    status = 400
    title = "There is no such command"
    remedy = "Use a command of the AsyncAPI document."


class BinaryFrame(ChatError):
    code = "BINARY_FRAME"
    status = 400
    title = "Binary frames are not understood"
    remedy = "Send JSON in text frames."


class FrameTooLarge(ChatError):
    code = "FRAME_TOO_LARGE"
    status = 413
    title = "The frame is too large"
    remedy = "Send less in a frame."


class TooManyFrames(ChatError):
    code = "TOO_MANY_FRAMES"
    status = 429
    title = "Too many frames"
    remedy = "Slow down; connect again after a pause."


class TooManySockets(ChatError):
    code = "TOO_MANY_SOCKETS"
    status = 429
    title = "Too many sockets of one person"
    remedy = "Close one that is not needed; connect again after a pause."


class SlowConsumer(ChatError):
    code = "SLOW_CONSUMER"
    status = 408
    title = "The client reads too slowly"
    remedy = "Connect again and resume."


class ServerRestarting(ChatError):
    code = "SERVER_RESTARTING"
    status = 503
    title = "The server restarts"
    remedy = "Connect again after a short random pause and resume."
