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


class StorageFull(ChatError):
    code = "STORAGE_FULL"
    status = 409
    title = "Your files have no room left"
    remedy = "Delete files that you no longer need, or ask an administrator for more room."


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
