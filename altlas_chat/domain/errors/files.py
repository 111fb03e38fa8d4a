"""What is refused around files."""

from altlas_chat.domain.errors.base import ChatError


class FileNotFound(ChatError):
    code = "FILE_NOT_FOUND"
    status = 404
    title = "There is no such file for you"
    remedy = "Check the file id."


class FileTooLarge(ChatError):
    code = "FILE_TOO_LARGE"
    status = 413
    title = "The file is too large"
    remedy = "Send a smaller file."


class FileTypeNotSupported(ChatError):
    code = "FILE_TYPE_NOT_SUPPORTED"
    status = 415
    title = "This type of file is not accepted"
    remedy = "Send a file of an accepted type."


class RangeNotSatisfiable(ChatError):
    code = "RANGE_NOT_SATISFIABLE"
    status = 416
    title = "The range is outside the file"
    remedy = "Ask for a range inside the file."
